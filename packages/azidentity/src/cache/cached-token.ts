import type { Entry } from "./entry.ts";
import type { Owner } from "./owner.ts";
import type { KnownAccount } from "./token-cache.ts";

/** A token that a cache has, for people and programs to look at. Never the token itself. */
export interface CachedToken {
	/** An access token is handed out; a refresh token spares somebody the next sign-in. */
	readonly kind: "accessToken" | "refreshToken";
	/** In this process, or where it outlives it. What was written to the store is mostly in both. */
	readonly where: "memory" | "store";
	readonly clientId: string;
	/** The cloud, as caches name it: `login.windows.net` for the public one. */
	readonly environment: string;
	/** The tenant that issued it; "" for a refresh token, which is good for all. */
	readonly tenantId: string;
	/** The person, with an empty name when it is not known here. An app's own tokens have none. */
	readonly account?: KnownAccount;
	/** Whether it was got on behalf of the bearer of an assertion. */
	readonly isOnBehalfOf: boolean;
	/** Whether it is subject to continuous access evaluation. Always false for a refresh token: it serves both kinds. */
	readonly isCae: boolean;
	/** What it is for, in lower case in memory. None for a refresh token. */
	readonly scopes: readonly string[];
	/** All times in milliseconds since 1970; left out where nobody knows them. When it was asked for, or stored. */
	readonly cachedAt?: number;
	readonly expiresOn?: number;
	/** From then on it is replaced behind the callers' backs. */
	readonly refreshOn?: number;
}

/** What a cache remembers of one owner. */
export interface RememberedBy {
	readonly owner: Owner;
	readonly cae: boolean;
	readonly account: KnownAccount | undefined;
}

/** A token in memory. */
export function rememberedToken(
	{ account, cae, owner }: RememberedBy,
	entry: Entry,
): CachedToken {
	const { expiresOnTimestamp, refreshAfterTimestamp } = entry.token;
	return {
		kind: "accessToken",
		where: "memory",
		...ownerOf(owner, account),
		isCae: cae,
		scopes: entry.key.split(" "),
		cachedAt: entry.cachedAt,
		expiresOn: expiresOnTimestamp,
		...(refreshAfterTimestamp !== undefined && {
			refreshOn: refreshAfterTimestamp,
		}),
	};
}

/** What rows of memory say of their owner. */
export function ownerOf(owner: Owner, account: KnownAccount | undefined) {
	const { assertionHash, clientId, environment, tenantId } = owner;
	return {
		clientId,
		environment,
		tenantId,
		...(account !== undefined && {
			account: {
				homeAccountId: account.homeAccountId,
				username: account.username,
			},
		}),
		isOnBehalfOf: assertionHash !== undefined,
	};
}
