import type { AccessToken } from "@azure/core-auth";
import type { Grant, Held, TokenRequest, TokenSource } from "../token.ts";
import type { CacheParts } from "./clear-cache.ts";
import type { FoundToken } from "./document.ts";
import type { Need } from "./need.ts";
import type { Owner } from "./owner.ts";
import type { TokenStore } from "./token-store.ts";

/** One acquisition, as its partition sets it off. */
export interface Acquisition {
	readonly need: Need;
	readonly source: TokenSource;
	/** Fires when the last caller has left. */
	readonly abortSignal: AbortSignal;
	readonly owner: Owner;
	readonly cae: boolean;
	/** The partition's key. */
	readonly key: string;
	readonly now: () => number;
	readonly store: TokenStore | undefined;
	readonly held: Held;
	/** The cache that other caches' revocations are told to. */
	readonly cache: CacheParts;
	/** Whether what this brings was revoked since it set out: it is for those who wait, and for nobody else. */
	readonly isRevoked: () => boolean;
	/** Remembers a grant whose request set out at `setOut`; gives the token to hand out. */
	readonly keep: (grant: Grant, setOut: number) => AccessToken;
	/** Whether callers are served by what is remembered, so that nobody is waiting. */
	readonly isCovered: () => boolean;
	/** Remembers what the document had; gives the token if it spares the request. */
	readonly recall: (found: FoundToken) => AccessToken | undefined;
}

/** Asks the source, and remembers what it brings after `write` has put it where it outlives the process. */
export async function askSource(
	acquisition: Acquisition,
	held: Held,
	write?: (grant: Grant, setOut: number) => Promise<void>,
): Promise<AccessToken> {
	const { need, source, abortSignal, owner, cae, now } = acquisition;
	const setOut = now();
	const { claims, timeout, tracingOptions } = need.ask;
	const request: TokenRequest = {
		scopes: need.scopes,
		tenantId: owner.tenantId,
		cae,
		abortSignal,
		...(claims !== undefined && { claims }),
		...(timeout !== undefined && { timeout }),
		...(tracingOptions !== undefined && { tracingOptions }),
	};
	const grant = await source(request, held);
	if (isExpired(grant, now())) {
		if (need.isBehind) throw new Error("the new token has expired already");
		return grant.token;
	}
	// Bound to one request, it serves nobody else.
	if (grant.token.tokenType === "pop") return grant.token;
	await write?.(grant, setOut);
	return acquisition.keep(grant, setOut);
}

/**
 * A token past its end is the caller's to judge, as this machine's clock may be wrong. It replaces nothing,
 * and it would serve nobody else. What brings a refresh token is kept for that.
 */
function isExpired({ refreshToken, token }: Grant, now: number): boolean {
	return refreshToken === undefined && token.expiresOnTimestamp <= now;
}
