/** What every file system and every keychain takes as part of a name, and nothing that could lead elsewhere. */
const CACHE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/** These mark the flavours of a cache, its locks and what lies beside it. */
const RESERVED = /\.(?:cae|nocae|obo|lockfile|leases|unreadable|tmp)$/i;

/**
 * Refuses what cannot name a cache on disk.
 * @param owner Who asks, for the message.
 * @throws TypeError
 */
export function checkCacheName(owner: string, name: unknown): void {
	if (
		typeof name === "string" &&
		CACHE_NAME.test(name) &&
		!name.includes("..") &&
		!RESERVED.test(name)
	)
		return;
	throw new TypeError(
		`${owner}: the option name of the persistent cache must be 1 to 100 letters, digits, "-", "_" or single "." that neither begins with a dot nor ends in one of the endings the cache uses itself (.cae, .nocae, .obo, .lockfile, .leases).`,
	);
}
