import type { Document } from "./document.ts";
import {
	type Entity,
	readIdentity,
	readText,
	readTime,
	SECTIONS,
	type Section,
} from "./document-entity.ts";

/** One entry of a document, for people to look at: never a secret. Texts that are not there are "". */
export interface DocumentEntry {
	readonly kind: Section;
	readonly clientId: string;
	/** The host as its writer named it. */
	readonly environment: string;
	readonly tenantId: string;
	/** The account; "" for an app's own entries. */
	readonly homeAccountId: string;
	readonly username: string;
	/** The scopes, separated by spaces. */
	readonly scope: string;
	readonly tokenType: string;
	readonly familyId: string;
	/** Whether it was got on behalf of an assertion's bearer. */
	readonly isOnBehalfOf: boolean;
	/** All times in milliseconds since 1970. */
	readonly cachedAt?: number;
	readonly expiresOn?: number;
	readonly refreshOn?: number;
	readonly extendedExpiresOn?: number;
}

/** The members with times, and what they are called here. */
const TIMES = [
	["cachedAt", "cached_at"],
	["expiresOn", "expires_on"],
	["refreshOn", "refresh_on"],
	["extendedExpiresOn", "extended_expires_on"],
] as const;

/** All entries of a document that can be read, section by section, in the order of their writers. */
export function listEntries(document: Document): DocumentEntry[] {
	const entries: DocumentEntry[] = [];
	for (const kind of SECTIONS)
		for (const [, entity] of document.entries(kind)) {
			const entry = entryOf(kind, entity);
			if (entry !== undefined) entries.push(entry);
		}
	return entries;
}

function entryOf(kind: Section, entity: Entity): DocumentEntry | undefined {
	const identity = readIdentity(entity);
	if (identity === undefined) return undefined;
	const text = (name: string) => readText(entity, name) ?? "";
	const times = TIMES.map(([name, member]) => [name, readTime(entity, member)]);
	return {
		kind,
		clientId: identity.clientId,
		environment: text("environment"),
		tenantId: identity.realm,
		homeAccountId: identity.home,
		username: text("username"),
		scope: text("target"),
		tokenType: text("token_type"),
		familyId: text("family_id"),
		isOnBehalfOf: identity.assertionHash !== "",
		...Object.fromEntries(times.filter(([, time]) => time !== undefined)),
	};
}
