import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { hours } from "@azidentity/testkit";
import { describe, test } from "vitest";
import {
	findHeld,
	findToken,
	parseDocument,
} from "../../src/cache/document.ts";
import type { Owner } from "../../src/cache/owner.ts";
import { putGrant, removeEntries } from "./edits.ts";
import { type Entities, type Sections, sections } from "./unified.ts";

// Written by the libraries themselves; see generate.js beside them.
const FOLDER = path.resolve(import.meta.dirname, "../../../testkit/documents");
const read = (name: string) => readFileSync(path.join(FOLDER, name), "utf8");

/** What a library said it found in its own document. */
interface Found {
	readonly client: string;
	readonly account?: string;
	readonly scope: string;
	readonly token: string;
}

const TENANT = "aaaa1111-0000-4000-8000-000000000001";
const ALICE = `e0000000-0000-4000-8000-0000000a11ce.${TENANT}`;
const NATIVE = "c0000000-0000-4000-8000-0000000c1101";
const API = "c0000000-0000-4000-8000-0000000a9101";
const DAEMON = "c0000000-0000-4000-8000-00000000da01";
const AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const SIBLING_OF_AZURE_CLI = "1950a258-227b-4e31-a9cf-717495945fc2";
const STRANGER = "c0000000-0000-4000-8000-0000000057a9";
const GRAPH = "https://graph.microsoft.com/User.Read";
const VAULT = "https://vault.azure.net/.default";
const STORAGE = "https://storage.azure.com/.default";

const ownerOf = (clientId: string, homeAccountId?: string): Owner => ({
	clientId,
	environment: "login.microsoftonline.com",
	tenantId: TENANT,
	...(homeAccountId !== undefined && { homeAccountId }),
});

describe.each(["go", "python", "msal-node"])("a document of %s", (library) => {
	const text = read(`${library}.document`);
	const found: readonly Found[] = JSON.parse(read(`${library}.found.json`));
	const before = sections(text);
	// A moment after the last entry was written, as it was when the library looked.
	const now = Math.max(...timesIn(before)) * 1_000;

	const lookUp = (document: string, clientId: string, home?: string) => {
		const parsed = parseDocument(document);
		return (scope: string) =>
			findToken(parsed, ownerOf(clientId, home), [scope], now)?.token.token;
	};

	test("gives us each token that it gives the library", () => {
		assert.ok(found.length >= 6);
		for (const { client, account, scope, token } of found)
			assert.equal(lookUp(text, client, account)(scope), token, scope);
	});

	test("gives nobody a token that is somebody else's", () => {
		const theirs = [
			lookUp(text, STRANGER),
			lookUp(text, STRANGER, ALICE),
			lookUp(text, NATIVE),
			lookUp(text, DAEMON, ALICE),
			lookUp(text, NATIVE, `${ALICE}0`),
		];
		for (const of of theirs)
			for (const scope of [GRAPH, VAULT, STORAGE])
				assert.equal(of(scope), undefined);
		assert.equal(lookUp(text, NATIVE, ALICE)(STORAGE), undefined);
	});

	test("has the times that the service sent", () => {
		const { token } =
			findToken(parseDocument(text), ownerOf(DAEMON), [VAULT], now) ??
			assert.fail("the daemon's token is there");
		const age = hours(2) - (token.expiresOnTimestamp - now);
		assert.ok(age >= 0 && age < hours(1) / 60, `${age}`);
		assert.equal(
			token.expiresOnTimestamp - (token.refreshAfterTimestamp ?? 0),
			hours(1),
		);
	});

	test("gives a client its refresh token, and its family's to whoever is known as a member", () => {
		const secretOf = (clientId: string, document = text) =>
			findHeld(parseDocument(document), ownerOf(clientId, ALICE)).refreshToken;
		const stored = (clientId: string) =>
			Object.values(before.RefreshToken).find(
				({ client_id }) => client_id === clientId,
			)?.secret;
		assert.ok(stored(NATIVE) && stored(AZURE_CLI));
		assert.equal(secretOf(NATIVE), stored(NATIVE));
		assert.equal(secretOf(AZURE_CLI), stored(AZURE_CLI));
		const member = {
			client_id: SIBLING_OF_AZURE_CLI,
			environment: "login.windows.net",
			family_id: "1",
		};
		const { AppMetadata } = before;
		const withMember = JSON.stringify({
			...before,
			AppMetadata: { ...AppMetadata, member },
		});
		assert.equal(secretOf(SIBLING_OF_AZURE_CLI, withMember), stored(AZURE_CLI));
		assert.equal(secretOf(STRANGER, withMember), undefined);
	});

	/** The document with members in it that nobody knows yet. */
	const withUnknown = () => {
		const document = sections(text);
		for (const entities of Object.values(document))
			for (const entity of Object.values(entities as Entities))
				entity.x_note = "keep me";
		const future = { any: [1, "two", null, { deep: true }] };
		return JSON.stringify({ X_Before: future, ...document, X_After: future });
	};
	/** All entries as text, which shows the order of their members, by section and key. */
	const entriesOf = (document: string) =>
		Object.entries(JSON.parse(document)).flatMap(([section, entities]) =>
			Object.entries(entities as object).map(
				([key, entity]) =>
					`${section} ${key} ${JSON.stringify(entity)}` as const,
			),
		);
	/** What an edit did to their entries; the order of those that stayed is theirs. */
	const lostBy = (edit: (document: string) => string) => {
		const original = withUnknown();
		const edited = edit(original);
		const [was, is] = [entriesOf(original), entriesOf(edited)];
		const kept = was.filter((entry) => is.includes(entry));
		assert.deepEqual(
			is.filter((entry) => was.includes(entry)),
			kept,
		);
		return was.filter((entry) => !is.includes(entry));
	};
	const grant = (scope: string) => ({
		token: { token: "ours", expiresOnTimestamp: now + hours(1) },
		scope,
	});
	const times = { requestedAt: now + 1_000, cachedAt: now + 1_000 };

	test("keeps every entry when we put what it has not", () => {
		for (const [owner, scope] of [
			[ownerOf(STRANGER), VAULT],
			[ownerOf(STRANGER, ALICE), GRAPH],
			[ownerOf(DAEMON), GRAPH],
			[ownerOf(NATIVE, ALICE), STORAGE],
			[{ ...ownerOf(DAEMON), tenantId: ALICE.slice(0, 36) }, VAULT],
		] as const) {
			const put = (document: string) =>
				putGrant(document, owner, [scope], grant(scope), times);
			assert.deepEqual(lostBy(put), []);
			const mine = findToken(
				parseDocument(put(text)),
				owner,
				[scope],
				now + 1_000,
			);
			assert.equal(mine?.token.token, "ours", scope);
		}
	});

	test("loses one token to its successor, and no other entry", () => {
		const put = (document: string) =>
			putGrant(document, ownerOf(DAEMON), [VAULT], grant(VAULT), times);
		const lost = lostBy(put);
		assert.equal(lost.length, 1, lost.join("\n"));
		assert.match(lost[0] ?? "", new RegExp(`AccessToken .*${DAEMON}.*vault`));
		assert.equal(lookUp(put(text), DAEMON)(STORAGE), tokenFor(STORAGE));
		for (const { client, account, scope, token } of found)
			if (account !== undefined)
				assert.equal(lookUp(put(text), client, account)(scope), token);
	});

	test("loses one refresh token to its successor, whatever the key it lay under", () => {
		const put = (document: string) =>
			putGrant(
				document,
				ownerOf(NATIVE, ALICE),
				[STORAGE],
				{ ...grant(STORAGE), refreshToken: "ours", homeAccountId: ALICE },
				times,
			);
		const lost = lostBy(put);
		assert.equal(lost.length, 1, lost.join("\n"));
		assert.match(lost[0] ?? "", new RegExp(`RefreshToken .*${NATIVE}`));
		const held = findHeld(parseDocument(put(text)), ownerOf(NATIVE, ALICE));
		assert.equal(held.refreshToken, "ours");
	});

	test("loses the person who signs out, and keeps the app's tokens and what is known of clients", () => {
		const signedOut = (document: string) =>
			removeEntries(document, ownerOf(NATIVE, ALICE), "everything");
		for (const entry of lostBy(signedOut))
			assert.match(entry, /^(AccessToken|RefreshToken|IdToken|Account) e0000/);
		const after = signedOut(text);
		assert.equal(lookUp(after, DAEMON)(VAULT), tokenFor(VAULT));
		assert.equal(lookUp(after, NATIVE, ALICE)(GRAPH), undefined);
		const held = findHeld(parseDocument(after), ownerOf(AZURE_CLI, ALICE));
		assert.equal(held.refreshToken, undefined);
	});

	const tokenFor = (scope: string) =>
		found.find((each) => each.client === DAEMON && each.scope === scope)?.token;
});

test("what msal-node got on somebody's behalf is not that person's own", () => {
	const text = read("msal-node.document");
	const stored = Object.values(sections(text).AccessToken).find(
		({ client_id }) => client_id === API,
	);
	assert.ok(stored?.userAssertionHash);
	const find = (owner: Owner) =>
		findToken(
			parseDocument(text),
			owner,
			[GRAPH],
			Number(stored.cached_at) * 1_000,
		)?.token.token;
	assert.equal(find(ownerOf(API, ALICE)), undefined);
	const assertionHash = stored.userAssertionHash;
	assert.equal(find({ ...ownerOf(API), assertionHash }), stored.secret);
});

function timesIn({ AccessToken }: Sections): number[] {
	return Object.values(AccessToken).map(({ cached_at }) => Number(cached_at));
}
