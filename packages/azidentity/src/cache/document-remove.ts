import type { Document } from "./document.ts";
import { Draft } from "./document-draft.ts";
import {
	groupOf,
	type Identity,
	identityOf,
	personOf,
	readIdentity,
	readText,
} from "./document-entity.ts";
import type { Owner } from "./owner.ts";

/**
 * What to remove: `accessTokens`, the owner's access tokens of every type; or `everything`, which for a
 * person is signing out: the account at this cloud with the tokens that any client or tenant has for it.
 */
export type Removal = "accessTokens" | "everything";

/**
 * The document without what is the owner's. Entries are found by what they say, never by their key, so
 * those of every library go. What is known of the client stays, and so do other clients' refresh tokens,
 * unless a family shares them.
 */
export function removeEntries(
	document: Document,
	owner: Owner,
	what: Removal,
): Document {
	const draft = new Draft(document);
	const subject = identityOf(owner);
	const isPerson = subject.home !== "" && subject.assertionHash === "";
	if (what === "everything" && isPerson) {
		const isTheirs = (stored: Identity) => isSameAccount(stored, subject);
		remove(draft, "AccessToken", isTheirs);
		remove(draft, "IdToken", isTheirs);
		remove(draft, "Account", isTheirs);
		remove(
			draft,
			"RefreshToken",
			(stored, familyId) =>
				isTheirs(stored) &&
				(stored.clientId === subject.clientId || familyId !== ""),
		);
		return draft.finished();
	}
	const group = groupOf(subject);
	remove(draft, "AccessToken", (stored) => groupOf(stored) === group);
	if (what === "everything" && subject.assertionHash !== "") {
		const person = personOf(subject);
		remove(
			draft,
			"RefreshToken",
			(stored) =>
				personOf(stored) === person && stored.clientId === subject.clientId,
		);
	}
	return draft.finished();
}

/** The document without a refresh token, under whatever keys and for whichever clients it stands there. */
export function removeRefreshToken(
	document: Document,
	secret: string,
): Document {
	const draft = new Draft(document);
	const keys: string[] = [];
	for (const [key, entity] of draft.entries("RefreshToken"))
		if (readText(entity, "secret") === secret) keys.push(key);
	draft.remove("RefreshToken", keys);
	return draft.finished();
}

function isSameAccount(one: Identity, other: Identity): boolean {
	return (
		one.home === other.home &&
		one.environment === other.environment &&
		one.assertionHash === ""
	);
}

function remove(
	draft: Draft,
	section: "AccessToken" | "RefreshToken" | "IdToken" | "Account",
	isMeant: (stored: Identity, familyId: string | undefined) => boolean,
): void {
	const keys: string[] = [];
	for (const [key, entity] of draft.entries(section)) {
		const stored = readIdentity(entity);
		if (stored === undefined) continue;
		if (isMeant(stored, readText(entity, "family_id"))) keys.push(key);
	}
	draft.remove(section, keys);
}
