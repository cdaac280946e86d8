import type { AccessToken } from "@azure/core-auth";
import type { Held } from "../token.ts";
import {
	byAge,
	includesAll,
	readAccessToken,
	type StoredToken,
	scopeSet,
	tokenGroup,
} from "./document-access-token.ts";
import {
	type Entity,
	identityOf,
	readRoot,
	readSection,
} from "./document-entity.ts";
import { RefreshTokens } from "./document-refresh-tokens.ts";
import type { Owner } from "./owner.ts";

export { putGrant } from "./document-put.ts";

/** What {@link findToken} finds. All times in milliseconds since 1970. */
export interface FoundToken {
	readonly token: AccessToken;
	/** The scopes it was stored for, separated by spaces. */
	readonly scope: string;
	readonly cachedAt: number;
	/** Until when it may serve during an outage, when that is longer than it lives. */
	readonly extendedExpiresOn?: number;
	/** Whether it has expired, so that only an outage lets it serve. */
	readonly isExpired: boolean;
}

/** A clock that rounds, or is a little ahead: JavaScript's libraries round to the nearest second. */
const AHEAD_MS = 5_000;

/**
 * A document that was read. It is looked up and never changed: documents are changed as text, under the
 * store's lock. What it holds is private, so that printing it shows no token.
 */
export class Document {
	/** Whether the text was no document. What wrote it is unknown: keep it aside before writing over it. */
	readonly isDamaged: boolean;
	readonly #root: Entity;
	#tokens: Map<string, Map<string, StoredToken[]>> | undefined;
	#refreshTokens: RefreshTokens | undefined;

	constructor(root: Entity | undefined) {
		this.isDamaged = root === undefined;
		this.#root = root ?? {};
	}

	/** The document as it was read. */
	root(): Entity {
		return this.#root;
	}

	/** Tokens by group and by each of their scopes, the newest first. */
	tokens(): ReadonlyMap<string, ReadonlyMap<string, readonly StoredToken[]>> {
		this.#tokens ??= indexTokens(this.#root);
		return this.#tokens;
	}

	refreshTokens(): RefreshTokens {
		this.#refreshTokens ??= new RefreshTokens(this.#root);
		return this.#refreshTokens;
	}
}

/** Reads a document. Never throws: text that is no JSON object gives an empty document that `isDamaged`. */
export function parseDocument(text: string | undefined): Document {
	return new Document(readRoot(text));
}

/**
 * The newest bearer token of the owner that covers all scopes, in any case. One that is close to expiry is
 * found too: the margin is the reader's. One that has expired is found when it may serve during an outage
 * and there is no other.
 *
 * An owner without `homeAccountId` and `assertionHash` is an app itself: ask for a person's tokens only
 * once the account is known.
 */
export function findToken(
	document: Document,
	owner: Owner,
	scopes: readonly string[],
	now: number,
): FoundToken | undefined {
	const wanted = scopeSet(scopes.join(" "));
	const identity = identityOf(owner);
	const byScope = document.tokens().get(tokenGroup(identity, "bearer"));
	if (byScope === undefined) return undefined;
	let expired: StoredToken | undefined;
	for (const token of fewest(byScope, wanted)) {
		// A token from the future says that the clock was turned back: nobody knows when it really expires.
		if (token.cachedAt > now + AHEAD_MS) continue;
		if (token.extendedExpiresOn <= now) continue;
		if (!includesAll(token.scopes, wanted)) continue;
		if (token.expiresOn > now) return found(token, false);
		expired ??= token;
	}
	return expired && found(expired, true);
}

/** What the document has to spare the owner a prompt. */
export function findHeld(document: Document, owner: Owner): Held {
	const { homeAccountId } = owner;
	const [refreshToken] = findRefreshTokens(document, owner);
	return {
		...(refreshToken !== undefined && { refreshToken }),
		...(homeAccountId !== undefined && { homeAccountId }),
	};
}

/** All refresh tokens the owner may use, the best first: when the service refuses one, the next may do. */
export function findRefreshTokens(
	document: Document,
	owner: Owner,
): readonly string[] {
	return document.refreshTokens().find(identityOf(owner));
}

function found(token: StoredToken, isExpired: boolean): FoundToken {
	const { secret, target, cachedAt, expiresOn, refreshOn } = token;
	return {
		token: {
			token: secret,
			expiresOnTimestamp: expiresOn,
			...(refreshOn !== undefined && { refreshAfterTimestamp: refreshOn }),
			tokenType: "Bearer",
		},
		scope: target,
		cachedAt,
		...(token.extendedExpiresOn > expiresOn && {
			extendedExpiresOn: token.extendedExpiresOn,
		}),
		isExpired,
	};
}

function indexTokens(root: Entity): Map<string, Map<string, StoredToken[]>> {
	const all: StoredToken[] = [];
	for (const [, entity] of readSection(root, "AccessToken")) {
		const token = readAccessToken(entity);
		if (token !== undefined) all.push(token);
	}
	const index = new Map<string, Map<string, StoredToken[]>>();
	for (const token of all.sort(byAge)) {
		const byScope = index.get(token.group) ?? new Map();
		index.set(token.group, byScope);
		for (const scope of token.scopes) {
			const tokens = byScope.get(scope);
			if (tokens === undefined) byScope.set(scope, [token]);
			else tokens.push(token);
		}
	}
	return index;
}

/** The tokens that have the rarest of the wanted scopes: no other token can cover them all. */
function fewest(
	byScope: ReadonlyMap<string, readonly StoredToken[]>,
	wanted: ReadonlySet<string>,
): readonly StoredToken[] {
	let rarest: readonly StoredToken[] | undefined;
	for (const scope of wanted) {
		const tokens = byScope.get(scope) ?? [];
		if (rarest === undefined || tokens.length < rarest.length) rarest = tokens;
	}
	return rarest ?? [];
}
