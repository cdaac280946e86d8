import type { Document } from "./document.ts";
import { scopeSet } from "./document-access-token.ts";
import { Draft } from "./document-draft.ts";
import {
	type Entity,
	type Identity,
	personOf,
	readIdentity,
	readText,
	type Section,
} from "./document-entity.ts";
import { areScopes, isSubject, type Wanted } from "./token-filter.ts";

/** The document without what was to be removed; the same one when there was nothing. */
export interface Cleared {
	readonly document: Document;
	/** The access tokens that are removed. */
	readonly tokens: ReadonlySet<string>;
}

/**
 * The document without what is meant, whichever library wrote it. A tenant or scopes mean access tokens, for a person's
 * refresh token is good for all of them. Otherwise what spares a prompt goes too, and the record of an account with
 * the last that is kept of it.
 */
export function clearEntries(document: Document, wanted: Wanted): Cleared {
	const draft = new Draft(document);
	const tokens = new Set<string>();
	/** Those of whom something goes, and those of whom something stays. */
	const gone = new Set<string>();
	const staying = new Set<string>();
	for (const section of ["AccessToken", "RefreshToken", "IdToken"] as const)
		for (const [key, entity] of document.entries(section)) {
			const owner = readIdentity(entity);
			if (!isMeant(document, section, entity, owner, wanted)) {
				if (owner !== undefined) staying.add(personOf(owner));
				continue;
			}
			draft.remove(section, [key]);
			if (owner !== undefined) gone.add(personOf(owner));
			const secret = readText(entity, "secret");
			if (section === "AccessToken" && secret) tokens.add(secret);
		}
	if (isAboutAccounts(wanted)) removeAccounts(draft, wanted, gone, staying);
	return { document: draft.finished(), tokens };
}

/** Whether what spares a prompt is meant, and not only tokens for something. */
export function isAboutAccounts({ scopes, tenantId }: Wanted): boolean {
	return scopes === undefined && tenantId === undefined;
}

function isMeant(
	document: Document,
	section: Section,
	entity: Entity,
	owner: Identity | undefined,
	wanted: Wanted,
): boolean {
	// What cannot be read belongs to nobody who could be named: it goes when everything does.
	if (owner === undefined) return Object.values(wanted).every(isUndefined);
	const subject = {
		clientId: owner.clientId,
		tenantId: owner.realm,
		homeAccountId: owner.home,
	};
	if (section === "AccessToken") {
		const scopes = scopeSet(readText(entity, "target") ?? "");
		return isSubject(wanted, subject) && areScopes(wanted, scopes);
	}
	if (wanted.scopes !== undefined) return false;
	if (section === "IdToken") return isSubject(wanted, subject);
	if (!isAboutAccounts(wanted)) return false;
	return (
		isSubject(wanted, subject) ||
		(isSubject({ ...wanted, clientId: undefined }, subject) &&
			isShared(document, entity, owner, wanted.clientId))
	);
}

/** Whether the client could use another one's refresh token, because they are of one family. */
function isShared(
	document: Document,
	entity: Entity,
	owner: Identity,
	clientId = "",
): boolean {
	const secret = readText(entity, "secret");
	const user = { ...owner, clientId };
	return document
		.refreshTokens()
		.find(user)
		.some((each) => each === secret);
}

/** With a client, only records go that were left alone by what was removed: other clients' tokens need theirs. */
function removeAccounts(
	draft: Draft,
	{ homeAccountId, clientId }: Wanted,
	gone: ReadonlySet<string>,
	staying: ReadonlySet<string>,
): void {
	for (const [key, entity] of draft.entries("Account")) {
		const owner = readIdentity(entity);
		if (homeAccountId !== undefined && owner?.home !== homeAccountId) continue;
		const person = owner === undefined ? "" : personOf(owner);
		const isAlone = gone.has(person) && !staying.has(person);
		if (clientId === undefined || isAlone) draft.remove("Account", [key]);
	}
}

const isUndefined = (value: unknown) => value === undefined;
