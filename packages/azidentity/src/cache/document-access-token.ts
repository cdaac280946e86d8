import { isObject } from "../foundation/json-object.ts";
import {
	type Entity,
	groupOf,
	type Identity,
	readIdentity,
	readText,
	readTime,
} from "./document-entity.ts";

/** An access token as the document has it, with all that decides whether and to whom it is given. */
export interface StoredToken {
	/** What its entry is kept under. */
	readonly key: string;
	readonly secret: string;
	/** The scopes as they were written. */
	readonly target: string;
	/** The same, each in lower case. */
	readonly scopes: ReadonlySet<string>;
	/** Whose it is, and of which type: tokens of one group serve the same asks, but for the scopes. */
	readonly group: string;
	/** All times in milliseconds since 1970. */
	readonly cachedAt: number;
	/** When the request for it set out, which says which of two tokens is the newer. */
	readonly requestedAt: number;
	readonly expiresOn: number;
	readonly refreshOn: number | undefined;
	/** Until when it may serve during an outage; never before `expiresOn`. */
	readonly extendedExpiresOn: number;
}

/**
 * When the request for a token set out: known to this library only, and written when it was not in the
 * second in which the token was stored. Without it, an answer that took long would look newer than it is.
 */
export const REQUESTED_AT = "requested_at";

/** Members that bind a token to a key of its own or to more than an owner: nobody asks for those here. */
const KEY_IDS = ["keyid", "kid", "key_id"];
const EXTRA_PARTS = ["ext", "additionalCacheKeyComponents"];

/**
 * Reads an access token; undefined when it is bound to a key or to extra parameters, or lacks what every
 * writer writes. Such an entry is somebody else's and stays as it is.
 */
export function readAccessToken(
	key: string,
	entity: Entity,
): StoredToken | undefined {
	const identity = readIdentity(entity);
	const type = readTokenType(entity);
	if (identity === undefined || type === undefined || isBound(entity))
		return undefined;
	const secret = readText(entity, "secret");
	const target = readText(entity, "target");
	const expiresOn = readTime(entity, "expires_on");
	// Go and JavaScript take no token that does not say when it was stored.
	const cachedAt = readTime(entity, "cached_at");
	if (!secret || !target || expiresOn === undefined || cachedAt === undefined)
		return undefined;
	const extended =
		readTime(entity, "extended_expires_on") ??
		readTime(entity, "ext_expires_on") ??
		expiresOn;
	return {
		key,
		secret,
		target,
		scopes: scopeSet(target),
		group: tokenGroup(identity, type),
		cachedAt,
		// Nothing sets out after it has arrived; what says so was not written by this library.
		requestedAt: Math.min(readTime(entity, REQUESTED_AT) ?? cachedAt, cachedAt),
		expiresOn,
		refreshOn: readTime(entity, "refresh_on"),
		extendedExpiresOn: Math.max(extended, expiresOn),
	};
}

/** The group of an identity's tokens of a type. */
export function tokenGroup(identity: Identity, tokenType: string): string {
	return `${tokenType.toLowerCase()} ${groupOf(identity)}`;
}

/** The single scopes of a target, in lower case. */
export function scopeSet(target: string): Set<string> {
	return new Set(splitScopes(target).map((scope) => scope.toLowerCase()));
}

/** The single scopes of a text, as they are written. */
export function splitScopes(text: string): string[] {
	return text.split(" ").filter((scope) => scope !== "");
}

/** Whether `scopes` has each of `others`. */
export function includesAll(
	scopes: ReadonlySet<string>,
	others: Iterable<string>,
): boolean {
	for (const other of others) if (!scopes.has(other)) return false;
	return true;
}

/**
 * Which of two tokens comes first when both serve: the one asked for later, then the one that lives longer. No two are
 * equal, so their order does not depend on where in the document they stand.
 */
export function byAge(one: StoredToken, other: StoredToken): number {
	return (
		other.requestedAt - one.requestedAt ||
		other.cachedAt - one.cachedAt ||
		other.expiresOn - one.expiresOn ||
		(one.key < other.key ? -1 : 1)
	);
}

/** The type of token; none is written for a bearer token by .NET. */
function readTokenType(entity: Entity): string | undefined {
	const kind = readText(entity, "credential_type");
	if (kind === undefined) return undefined;
	// JavaScript's and .NET's other kinds are bound to keys and extra parameters, whatever else they say.
	if (kind !== "" && kind.toLowerCase() !== "accesstoken") return undefined;
	const type = readText(entity, "token_type");
	return type === "" ? "bearer" : type?.toLowerCase();
}

function isBound(entity: Entity): boolean {
	if (readText(entity, "ext_cache_key") !== "") return true;
	if (KEY_IDS.some((name) => readText(entity, name) !== "")) return true;
	return EXTRA_PARTS.some((name) => hasMembers(entity[name]));
}

function hasMembers(value: unknown): boolean {
	if (value === undefined || value === null) return false;
	return !isObject(value) || Object.keys(value).length > 0;
}
