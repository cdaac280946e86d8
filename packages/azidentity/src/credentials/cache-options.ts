import { TokenCache } from "../cache/token-cache.ts";
import { CredentialUnavailableError } from "../errors.ts";

/** The part of a credential's options that says where its tokens are remembered. */
export interface TokenCacheOption {
	/**
	 * The memory to use. By default each credential instance has its own and starts empty; give several the
	 * same one to share tokens among them. It cannot be switched off.
	 */
	tokenCache?: TokenCache;
}

/** Options ─► cache: the one given, or a private one. */
export function tokenCacheOf(
	credentialName: string,
	options: TokenCacheOption & {
		tokenCachePersistenceOptions?: { enabled?: boolean };
		now?: () => number;
	},
): TokenCache {
	// A program that asked for tokens on disk must not find out later that there are none.
	if (options.tokenCachePersistenceOptions?.enabled)
		throw new CredentialUnavailableError(
			`${credentialName}: tokenCachePersistenceOptions is not supported by this version. Leave it out to keep tokens in memory.`,
		);
	const { now, tokenCache } = options;
	if (tokenCache === undefined) return new TokenCache(now && { now });
	if (tokenCache instanceof TokenCache) return tokenCache;
	throw new TypeError(
		`${credentialName}: the option tokenCache must be a TokenCache of this package. Make one by new TokenCache().`,
	);
}
