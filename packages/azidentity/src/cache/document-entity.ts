import { preferredCache } from "../foundation/clouds.ts";
import { isObject } from "../foundation/json-object.ts";
import type { Owner } from "./owner.ts";

/** One entry of a document as it was read: nothing is sure about its members. */
export type Entity = Readonly<Record<string, unknown>>;

/** The sections of the unified schema, in the order in which they are written. */
export const SECTIONS = [
	"AccessToken",
	"RefreshToken",
	"IdToken",
	"Account",
	"AppMetadata",
] as const;
export type Section = (typeof SECTIONS)[number];

/** The last second that a `Date` can name; what goes beyond is no time. */
const LAST_SECOND = 8_640_000_000_000;

/** The entries of a section with their keys; none when it is missing or no map. What is no entry is skipped. */
export function* readSection(
	root: Entity,
	section: Section,
): Generator<[string, Entity]> {
	const entries = root[section];
	if (!isObject(entries)) return;
	for (const key of Object.keys(entries)) {
		const entity = entries[key];
		if (isObject(entity)) yield [key, entity];
	}
}

/** A text; "" when it is absent or null, which mean the same to every writer; undefined when it is no text. */
export function readText(entity: Entity, name: string): string | undefined {
	const value = entity[name];
	if (value === undefined || value === null) return "";
	return typeof value === "string" ? value : undefined;
}

/** A time in milliseconds, from seconds as text or number; undefined when it is not set or cannot be read. */
export function readTime(entity: Entity, name: string): number | undefined {
	const value = entity[name];
	const seconds =
		typeof value === "string" && /^\d{1,13}$/.test(value)
			? Number(value)
			: value;
	if (typeof seconds !== "number" || !Number.isInteger(seconds))
		return undefined;
	return seconds > 0 && seconds <= LAST_SECOND ? seconds * 1_000 : undefined;
}

/** A time as documents have it: whole seconds, rounded down, as text. "" when there is no such time. */
export function timeText(milliseconds: number | undefined): string {
	const seconds = Math.floor((milliseconds ?? Number.NaN) / 1_000);
	return seconds > 0 && seconds <= LAST_SECOND ? String(seconds) : "";
}

/** Whose an entry is. */
export interface Identity {
	readonly clientId: string;
	/** In the name under which the cloud files its tokens, whatever alias was written. */
	readonly environment: string;
	readonly realm: string;
	/** The account; "" for an app's own. */
	readonly home: string;
	/** The hash of the assertion, without padding; "" when the entry was not got on anybody's behalf. */
	readonly assertionHash: string;
}

/** Whose the entry is; undefined when one of these members cannot be read, so that it is nobody's. */
export function readIdentity(entity: Entity): Identity | undefined {
	const clientId = readText(entity, "client_id");
	const environment = readText(entity, "environment");
	const realm = readText(entity, "realm");
	const home = readText(entity, "home_account_id");
	// Two spellings of one thing: JavaScript's and everybody else's.
	const hash = readText(entity, "user_assertion_hash");
	const jsHash = readText(entity, "userAssertionHash");
	if (
		clientId === undefined ||
		environment === undefined ||
		realm === undefined ||
		home === undefined ||
		hash === undefined ||
		jsHash === undefined ||
		(hash !== "" && jsHash !== "")
	)
		return undefined;
	return {
		clientId,
		environment: preferredCache(environment),
		realm,
		home,
		assertionHash: withoutPadding(hash || jsHash),
	};
}

/** The identity of an owner's entries. */
export function identityOf(owner: Owner): Identity {
	return {
		clientId: owner.clientId,
		environment: preferredCache(owner.environment),
		realm: owner.tenantId.toLowerCase(),
		home: owner.homeAccountId ?? "",
		assertionHash: withoutPadding(owner.assertionHash ?? ""),
	};
}

/**
 * One text for all entries that serve the same asks, whatever their scopes. An assertion says who its
 * bearer is, so where there is one, the account is not compared.
 */
export function groupOf(identity: Identity): string {
	const { clientId, environment, realm, home, assertionHash } = identity;
	return JSON.stringify([
		clientId,
		environment,
		realm,
		assertionHash === "" ? home : "",
		assertionHash,
	]);
}

/** One text for a person at one cloud, whatever the client and the tenant: refresh tokens are good for all tenants. */
export function personOf(identity: Identity): string {
	const { environment, home, assertionHash } = identity;
	return JSON.stringify([
		environment,
		assertionHash === "" ? home : "",
		assertionHash,
	]);
}

function withoutPadding(hash: string): string {
	let end = hash.length;
	while (hash[end - 1] === "=") end -= 1;
	return hash.slice(0, end);
}
