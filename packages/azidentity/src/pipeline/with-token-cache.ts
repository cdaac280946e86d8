import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { TokenCache } from "../cache/token-cache.ts";
import { checkCredential } from "./credential-answer.ts";
import { ownerName, tokenMemory } from "./token-memory.ts";

/** Options of {@link withTokenCache}. */
export interface WithTokenCacheOptions {
	/**
	 * The memory to use: one that is shared with other credentials, or one on disk, by `persistentTokenCache()`. It needs an
	 * `owner`. Default: a memory of its own, which ends with the credential.
	 */
	tokenCache?: TokenCache;
	/**
	 * Whose tokens the credential gets: a text of your choice, compared exactly, that no other credential on the same
	 * `tokenCache` has unless it stands for the same identity. Nothing can be guessed here: whoever gives the same text is
	 * handed the same tokens. With a cache on disk that holds across programs and runs, so the text has to name the identity
	 * and not the place in the program; it is kept in the cache, so it must be no secret.
	 */
	owner?: string;
	/** @internal The clock, in milliseconds since 1970. */
	now?: () => number;
}

/** A credential that never answers null. */
export interface CachedTokenCredential extends TokenCredential {
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken>;
}

const NAME = "withTokenCache";

/**
 * Puts the memory of this package in front of any credential, whoever wrote it: tokens are remembered by scopes, tenant and
 * kind, callers at once share one request, and a token is replaced behind the callers' backs before they have to wait.
 *
 * The credential must stand for one identity as long as it lives: one that answers for whoever is calling just then needs
 * a wrapper for each of them. Those of this package remember by themselves; give them `tokenCache` instead.
 *
 * Calls with `claims` always ask the credential, and the answer replaces what was remembered. Calls with
 * `proofOfPossessionOptions` go straight to it, each by itself, as their tokens are good for one request.
 *
 * @throws TypeError when the credential is none, or when a `tokenCache` comes without an `owner`.
 */
export function withTokenCache(
	credential: TokenCredential,
	options: WithTokenCacheOptions = {},
): CachedTokenCredential {
	checkCredential(NAME, credential);
	const { now = Date.now, owner, tokenCache } = options;
	if (tokenCache !== undefined && !(tokenCache instanceof TokenCache))
		throw new TypeError(
			`${NAME}: the option tokenCache must be a TokenCache of this package. Make one by new TokenCache() or persistentTokenCache().`,
		);
	const isShared = tokenCache !== undefined || owner !== undefined;
	const getToken = tokenMemory({
		name: NAME,
		credential,
		cache: tokenCache ?? new TokenCache({ now }),
		owner: isShared ? ownerName(NAME, owner) : "",
		now,
	});
	return { getToken };
}
