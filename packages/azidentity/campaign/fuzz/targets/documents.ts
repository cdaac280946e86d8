import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
	findHeld,
	findRefreshTokens,
	findToken,
	parseDocument,
} from "../../../src/cache/document.ts";
import { findAccounts } from "../../../src/cache/document-accounts.ts";
import { listEntries } from "../../../src/cache/document-list.ts";
import { putGrant } from "../../../src/cache/document-put.ts";
import { removeEntries } from "../../../src/cache/document-remove.ts";
import { whole } from "../../../src/foundation/text-pieces.ts";
import { grantOf, SIGN_IN, VAULT } from "../../../test/documents/grants.ts";
import {
	APP_OWNER,
	HOME,
	NOW,
	PUBLIC_CLIENT,
	TENANT,
	UNIFIED,
} from "../../../test/documents/unified.ts";
import type { Target } from "../target.ts";

const documentOf = (library: string) =>
	readFileSync(
		new URL(
			`../../../../testkit/documents/${library}.document`,
			import.meta.url,
		),
		"utf8",
	);

const PERSON = {
	environment: "login.microsoftonline.com",
	clientId: PUBLIC_CLIENT,
	tenantId: TENANT,
	homeAccountId: HOME,
};
const TIMES = { requestedAt: NOW, cachedAt: NOW };

/** A document that is read once in so many is edited as well. */
const EDITED = 0.3;

export const target: Target = {
	material: {
		seeds: [
			...["{}", '{"AccessToken":{},"RefreshToken":{},"Account":{}}'],
			...shortened(JSON.parse(UNIFIED)),
			...[
				UNIFIED,
				documentOf("go"),
				documentOf("python"),
				documentOf("msal-node"),
			],
		],
		words: [
			...[
				'"AccessToken":{',
				'"RefreshToken":{',
				'"Account":{',
				'"AppMetadata":{',
			],
			...[
				'"expires_on":"',
				'"cached_at":',
				'"target":"',
				'"secret":',
				'"home_account_id":null,',
			],
			...['"token_type":"pop",', '"a":{"b":', "[[", "{{", '"k":[', VAULT, HOME],
		],
	},
	parse(input, choice) {
		const document = parseDocument(input);
		findToken(document, APP_OWNER, [VAULT], NOW);
		findToken(document, PERSON, ["user.read"], NOW);
		findHeld(document, PERSON);
		findRefreshTokens(document, PERSON);
		if (choice > EDITED) return;
		listEntries(document);
		findAccounts(document, PERSON);
		edit(input);
	},
	// Documents never make anything fail: what cannot be read counts as not there.
	isKnown: () => false,
};

/** That the document takes what it is given, and another reader finds it. */
function edit(input: string) {
	const before = parseDocument(input);
	const grant = grantOf("the-token", VAULT);
	const withApp = putGrant(before, APP_OWNER, [VAULT], grant, TIMES);
	const withPerson = putGrant(
		withApp,
		PERSON,
		["user.read"],
		grantOf("theirs", "user.read", SIGN_IN),
		TIMES,
	);
	const text = whole(withPerson.text());
	JSON.parse(text);
	const read = parseDocument(text);
	assert.equal(
		findToken(read, APP_OWNER, [VAULT], NOW)?.token.token,
		"the-token",
	);
	assert.equal(
		findToken(read, PERSON, ["user.read"], NOW)?.token.token,
		"theirs",
	);
	assert.ok(findRefreshTokens(read, PERSON).includes("rt-new"));
	const without = parseDocument(
		whole(removeEntries(withPerson, PERSON, "everything").text()),
	);
	assert.equal(findToken(without, PERSON, ["user.read"], NOW), undefined);
	assert.equal(findHeld(without, PERSON).refreshToken, undefined);
}

/** One entry of each section: most inputs are short, so that there are many. */
function shortened(whole: Record<string, Record<string, unknown>>): string[] {
	return [0, 1].map((index) =>
		JSON.stringify(
			Object.fromEntries(
				Object.entries(whole).map(([section, entries]) => [
					section,
					Object.fromEntries(Object.entries(entries).slice(index, index + 1)),
				]),
			),
		),
	);
}
