import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { marginOf } from "../cache/entry.ts";
import { homePartitions } from "../cache/home-partitions.ts";
import { writtenOf } from "../cache/need.ts";
import type { TokenCache } from "../cache/token-cache.ts";
import { throwIfAborted } from "../foundation/abort.ts";
import { normaliseScopes } from "../foundation/scopes.ts";
import type { TokenSource } from "../token.ts";
import { askCredential } from "./credential-answer.ts";

/** `getToken` of any credential with the memory in front of it: never null. */
export type GetToken = (
	scopes: string | string[],
	options?: GetTokenOptions,
) => Promise<AccessToken>;

interface TokenMemoryParts {
	/** The public function that the memory is for; errors begin with it. */
	readonly name: string;
	readonly credential: TokenCredential;
	readonly cache: TokenCache;
	/** Who the tokens belong to, as {@link ownerName} writes it. */
	readonly owner: string;
	readonly now: () => number;
}

/** The cloud of tokens of which it is not known; no credential of ours has it, so none ever meets them. */
const ANY_CLOUD = "any-credential";

/** How long before callers would have to wait a token is replaced behind their backs, at most. */
const REFRESH_AHEAD_MS = 5 * 60_000;

/** A credential with a memory of its own may hand over a token that is due; so long it is left alone then. */
const PACE_MS = 30_000;

const NO_OPTIONS: GetTokenOptions = {};

/**
 * The memory of this package in front of any credential. What it is told apart by is all that a call can ask for: scopes,
 * tenant, kind of token. Claims are passed on, and what they bring replaces what is remembered.
 */
export function tokenMemory(parts: TokenMemoryParts): GetToken {
	const { cache, credential, name, now, owner } = parts;
	// No tenant is the credential's own: whoever names one knows it by another text.
	const partitionOf = homePartitions((tenantId = "", cae) =>
		cache.partition({ clientId: owner, environment: ANY_CLOUD, tenantId }, cae),
	);
	const normalise = (scopes: string | string[]) =>
		normaliseScopes(name, scopes);

	return (scopes, options = NO_OPTIONS) => {
		const { abortSignal, enableCae = false, tracingOptions } = options;
		try {
			throwIfAborted(abortSignal);
			if (options.proofOfPossessionOptions !== undefined)
				return askCredential(name, credential, scopes, options);
		} catch (error) {
			return Promise.reject(error);
		}
		const ask = {
			// A copy: the list is the caller's, and a refresh may come long after the call.
			scopes: Array.isArray(scopes) ? [...scopes] : scopes,
			written: writtenOf(scopes),
			normalise,
			claims: options.claims || undefined,
			abortSignal,
			timeout: options.requestOptions?.timeout,
			tracingOptions,
		};
		const tenantId = options.tenantId || undefined;
		return partitionOf(tenantId, enableCae).get(
			ask,
			sourceFor(ask.scopes, tenantId),
		);
	};

	/** Asks the credential for the scopes as the caller wrote them: only their order and case mean nothing, not their form. */
	function sourceFor(
		scopes: string | string[],
		tenantId: string | undefined,
	): TokenSource {
		return async (request) => {
			const { abortSignal, cae, claims, timeout, tracingOptions } = request;
			const token = await askCredential(name, credential, scopes, {
				abortSignal,
				...(cae && { enableCae: true }),
				...(claims !== undefined && { claims }),
				...(tenantId !== undefined && { tenantId }),
				...(timeout !== undefined && { requestOptions: { timeout } }),
				...(tracingOptions !== undefined && { tracingOptions }),
			});
			return {
				token: withRefreshTime(token, now()),
				scope: request.scopes.join(" "),
			};
		};
	}
}

/**
 * The owner in letters that the cache, which compares without case, tells apart: "Bob" and "bob" are two people.
 * @throws TypeError when it is no text, empty, or not Unicode.
 */
export function ownerName(name: string, owner: unknown): string {
	if (
		typeof owner !== "string" ||
		owner.trim() === "" ||
		/\p{Surrogate}/u.test(owner)
	)
		throw new TypeError(
			`${name}: the option owner must be a text that says whose the credential's tokens are, such as an account id. Whoever gives the same text for the same cache is handed the same tokens.`,
		);
	return encodeURIComponent(owner).replaceAll(
		/%[0-9A-F]{2}|[A-Z]/g,
		(found) => (found.length === 1 ? "^" : "") + found.toLowerCase(),
	);
}

/** The token with a time from which it is replaced behind the callers' backs: before they have to wait, and not at once. */
function withRefreshTime(token: AccessToken, now: number): AccessToken {
	const lifetime = token.expiresOnTimestamp - now;
	if (lifetime <= 0) return token;
	const usable = lifetime - marginOf(lifetime);
	const latest = now + usable - Math.min(REFRESH_AHEAD_MS, usable / 4);
	const earliest = Math.min(now + PACE_MS, latest);
	const named = token.refreshAfterTimestamp ?? latest;
	return Object.freeze({
		...token,
		refreshAfterTimestamp: Math.min(Math.max(named, earliest), latest),
	});
}
