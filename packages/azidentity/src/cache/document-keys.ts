import { createHash } from "node:crypto";

// The map keys of MSAL Go: every other library finds entries by value, so one form of key is enough.
// Segments are joined by dashes and not escaped; nothing is ever read out of a key.

/** What the key of an entry is made of; an app's own tokens have no `home`. */
export interface KeyParts {
	readonly home: string;
	readonly environment: string;
	readonly clientId: string;
	readonly realm: string;
	/**
	 * The hash of the assertion, for tokens got on its bearer's behalf. Official libraries leave it out and
	 * overwrite the token of one assertion by that of another; nobody shares these entries, so we need not.
	 */
	readonly assertionHash?: string;
}

/** The key of an access token. `extraHash` is that of {@link extraPartsHash}, where a token needs one. */
export function accessTokenKey(
	parts: KeyParts,
	target: string,
	tokenType: string,
	extraHash?: string,
): string {
	const { home, environment, clientId, realm, assertionHash } = parts;
	const kind = extraHash ? "atext" : "accesstoken";
	return key(
		[home, environment, kind, clientId, realm, target],
		[
			tokenType.toLowerCase() === "bearer" ? undefined : tokenType,
			extraHash || undefined,
			assertionHash || undefined,
		],
	);
}

/** The key of a refresh token: that of its family, if it has one, which all its clients share. */
export function refreshTokenKey(
	parts: Omit<KeyParts, "realm">,
	familyId = "",
): string {
	const { home, environment, clientId, assertionHash } = parts;
	return key(
		[home, environment, "refreshtoken", familyId || clientId],
		[assertionHash || undefined],
	);
}

/** The key of an ID token. */
export function idTokenKey(parts: KeyParts): string {
	const { home, environment, clientId, realm } = parts;
	return key([home, environment, "idtoken", clientId, realm]);
}

/** The key of an account. */
export function accountKey(
	parts: Pick<KeyParts, "home" | "environment" | "realm">,
): string {
	return key([parts.home, parts.environment, parts.realm]);
}

/** The key of what is known about a client. */
export function appMetadataKey(
	parts: Pick<KeyParts, "environment" | "clientId">,
): string {
	return key(["appmetadata", parts.environment, parts.clientId]);
}

/**
 * What stands in the key for request parameters that keep tokens apart, such as `fmi_path`.
 * Lengths are part of what is hashed, so no two sets of parameters run together.
 */
export function extraPartsHash(
	extraParts: Readonly<Record<string, string>>,
): string {
	const hash = createHash("sha256");
	for (const name of Object.keys(extraParts).sort())
		for (const text of [name, extraParts[name] ?? ""])
			hash.update(`${Buffer.byteLength(text)}:${text}`);
	return hash.digest("base64url").toLowerCase();
}

function key(
	segments: readonly string[],
	suffixes: readonly (string | undefined)[] = [],
): string {
	return [...segments, ...suffixes.filter((suffix) => suffix !== undefined)]
		.join("-")
		.toLowerCase();
}
