import type { Account, Grant } from "../token.ts";
import type { Document } from "./document.ts";
import { Draft } from "./document-draft.ts";
import {
	groupOf,
	type Identity,
	identityOf,
	personOf,
	readIdentity,
	readText,
	readTime,
	timeText,
} from "./document-entity.ts";
import { dropExpired } from "./document-expired.ts";
import {
	accountKey,
	appMetadataKey,
	idTokenKey,
	refreshTokenKey,
} from "./document-keys.ts";
import {
	type GrantTimes,
	isLater,
	putAccessToken,
} from "./document-put-token.ts";
import type { Owner } from "./owner.ts";

/**
 * The document with a grant in it; a new one when there is none. All that is not about this grant stays as
 * it is, and an answer that set out earlier than what is there replaces nothing.
 *
 * A grant that belongs to a person whose account the service did not name is not kept: without an account
 * it would look like the app's own. What is got on behalf of an assertion's bearer must only go into
 * documents that no other library reads: they hand it to anyone who asks for that account. From there, with
 * each grant, goes what has expired of it.
 */
export function putGrant(
	document: Document,
	owner: Owner,
	scopes: readonly string[],
	grant: Grant,
	times: GrantTimes,
): Document {
	const draft = new Draft(document);
	const subject = subjectOf(owner, grant);
	const { account, idToken, refreshToken } = grant;
	const isAnonymous = subject.home === "" && subject.assertionHash === "";
	if (isAnonymous && (refreshToken || idToken)) return draft.finished();
	if (subject.assertionHash !== "") dropExpired(draft, subject, times.cachedAt);

	const isOutdated = putAccessToken(draft, subject, scopes, grant, times);
	if (refreshToken)
		putRefreshToken(draft, subject, refreshToken, grant.familyId, times);
	// The tokens of an assertion's bearer are found by the assertion, never by the account.
	if (subject.assertionHash === "" && !isOutdated) {
		if (idToken) putIdToken(draft, subject, idToken);
		if (account) putAccount(draft, subject, account);
	}
	putAppMetadata(draft, subject, grant.familyId);
	return draft.finished();
}

/** Whose the grant is: the account is the one the service named, whoever was expected. */
function subjectOf(owner: Owner, grant: Grant): Identity {
	const expected = identityOf(owner);
	const home =
		grant.homeAccountId || grant.account?.homeAccountId || expected.home;
	return { ...expected, home };
}

function putRefreshToken(
	draft: Draft,
	subject: Identity,
	secret: string,
	familyId = "",
	times: GrantTimes,
): void {
	const key = refreshTokenKey(subject, familyId);
	const person = personOf(subject);
	const duplicates: string[] = [];
	for (const [storedKey, entity] of draft.entries("RefreshToken")) {
		const stored = readIdentity(entity);
		if (stored === undefined || personOf(stored) !== person) continue;
		if (readText(entity, "family_id") !== familyId) continue;
		const isOwn = stored.clientId === subject.clientId;
		if (!isOwn && storedKey !== key) continue;
		const modifiedAt = readTime(entity, "last_modification_time") ?? 0;
		if (isLater(modifiedAt, times)) return;
		if (storedKey !== key) duplicates.push(storedKey);
	}
	// An older secret under another library's key would be Go's to pick at random.
	draft.remove("RefreshToken", duplicates);
	draft.put(
		"RefreshToken",
		key,
		{
			home_account_id: subject.home,
			environment: subject.environment,
			credential_type: "RefreshToken",
			client_id: subject.clientId,
			family_id: familyId,
			secret,
			// As Python: Go has no time on refresh tokens, and keeps this one.
			last_modification_time: timeText(times.requestedAt),
			user_assertion_hash: subject.assertionHash,
		},
		["userAssertionHash", "target", "ext"],
	);
}

function putIdToken(draft: Draft, subject: Identity, secret: string): void {
	const key = idTokenKey(subject);
	const group = groupOf(subject);
	const duplicates: string[] = [];
	for (const [storedKey, entity] of draft.entries("IdToken")) {
		const stored = readIdentity(entity);
		if (stored === undefined || groupOf(stored) !== group) continue;
		if (storedKey !== key) duplicates.push(storedKey);
	}
	// JavaScript takes none of several ID tokens.
	draft.remove("IdToken", duplicates);
	draft.put(
		"IdToken",
		key,
		{
			home_account_id: subject.home,
			environment: subject.environment,
			realm: subject.realm,
			credential_type: "IdToken",
			client_id: subject.clientId,
			secret,
			user_assertion_hash: "",
		},
		["userAssertionHash"],
	);
}

function putAccount(draft: Draft, subject: Identity, account: Account): void {
	const realm = (account.realm || subject.realm).toLowerCase();
	draft.put("Account", accountKey({ ...subject, realm }), {
		home_account_id: subject.home,
		environment: subject.environment,
		realm,
		local_account_id: account.localAccountId,
		authority_type: subject.realm === "adfs" ? "ADFS" : "MSSTS",
		username: account.username,
	});
}

/** Without an entry for the client, Go uses none of its refresh tokens; with two, JavaScript fails. */
function putAppMetadata(draft: Draft, subject: Identity, familyId = ""): void {
	let isKnown = false;
	for (const [key, entity] of draft.entries("AppMetadata")) {
		const { clientId, environment } = readIdentity(entity) ?? {};
		if (clientId !== subject.clientId || environment !== subject.environment)
			continue;
		isKnown = true;
		if (familyId && entity.family_id !== familyId)
			draft.put("AppMetadata", key, { family_id: familyId });
	}
	if (isKnown) return;
	draft.put("AppMetadata", appMetadataKey(subject), {
		family_id: familyId,
		client_id: subject.clientId,
		environment: subject.environment,
	});
}
