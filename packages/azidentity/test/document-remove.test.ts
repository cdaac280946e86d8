import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { parseDocument } from "../src/cache/document.ts";
import { listEntries } from "../src/cache/document-list.ts";
import { removeEntries, removeRefreshToken } from "./documents/edits.ts";
import {
	APP_OWNER,
	changed,
	HOME,
	PUBLIC_CLIENT,
	sections,
	TENANT,
	UNIFIED,
	USER_OWNER,
	unified,
	userToken,
} from "./documents/unified.ts";

const secretsOf = (text: string) => {
	const { AccessToken, RefreshToken } = sections(text);
	return [AccessToken, RefreshToken].flatMap((section) =>
		Object.values(section).map(({ secret }) => secret),
	);
};

describe("removing entries", () => {
	test("a person's access tokens go, of every type; what spares a prompt stays", () => {
		const text = removeEntries(UNIFIED, USER_OWNER, "accessTokens");
		const { AccessToken, ...rest } = unified();
		const kept = Object.entries(AccessToken).slice(2);
		assert.deepEqual(JSON.parse(text), {
			AccessToken: Object.fromEntries(kept),
			...rest,
		});
	});

	test("signing out takes the account with all that any client has for it under any alias, and no more", () => {
		const document = changed((all) => {
			const token = userToken(all);
			const [family] = Object.values(all.RefreshToken);
			Object.assign(all.AccessToken, {
				"another client": { ...token, client_id: "other", secret: "theirs" },
				"another alias": { ...token, environment: "login.windows.net" },
				"another cloud": {
					...token,
					environment: "login.microsoftonline.us",
					secret: "us",
				},
				"another person": { ...token, home_account_id: "b.c", secret: "b" },
				"on behalf": { ...token, userAssertionHash: "hash", secret: "obo" },
			});
			Object.assign(all.RefreshToken, {
				"another client's": {
					...family,
					family_id: "",
					client_id: "other",
					secret: "their own",
				},
				"a sibling's": { ...family, client_id: "sibling" },
			});
		});
		const text = removeEntries(document, USER_OWNER, "everything");
		assert.deepEqual(secretsOf(text), [
			"at-app",
			"at-ext",
			"us",
			"b",
			"obo",
			"their own",
		]);
		assert.deepEqual(sections(text).IdToken, {});
		assert.deepEqual(sections(text).Account, {});
		assert.deepEqual(sections(text).AppMetadata, unified().AppMetadata);
		assert.deepEqual(JSON.parse(text).X_Future, { any: [1, "two", null] });
	});

	test("an app's own tokens go, and nobody else's", () => {
		const text = removeEntries(UNIFIED, APP_OWNER, "everything");
		assert.deepEqual(secretsOf(text), [
			"at-user",
			"at-pop",
			"rt-family",
			"rt-app",
		]);
	});

	test("what was got on behalf of one assertion goes, and no other's", () => {
		const document = changed((all) => {
			const token = userToken(all);
			const [refreshToken] = Object.values(all.RefreshToken);
			for (const hash of ["one", "two"]) {
				const mark = { user_assertion_hash: hash, secret: hash };
				Object.assign(all.AccessToken, { [hash]: { ...token, ...mark } });
				Object.assign(all.RefreshToken, {
					[hash]: { ...refreshToken, ...mark },
				});
			}
		});
		const owner = { ...USER_OWNER, assertionHash: "one" };
		assert.deepEqual(
			secretsOf(removeEntries(document, owner, "everything")),
			secretsOf(document).filter((secret) => secret !== "one"),
		);
	});

	test("where there is nothing to remove, the document stays the text it was", () => {
		const owner = { ...USER_OWNER, homeAccountId: "somebody.else" };
		assert.equal(removeEntries(UNIFIED, owner, "everything"), UNIFIED);
		assert.equal(removeEntries(UNIFIED, owner, "accessTokens"), UNIFIED);
	});
});

describe("listing entries", () => {
	test("every entry is listed, and no secret", () => {
		const entries = listEntries(parseDocument(UNIFIED));
		assert.deepEqual(
			entries.map(({ kind }) => kind),
			[
				...Array(4).fill("AccessToken"),
				...Array(2).fill("RefreshToken"),
				"IdToken",
				"Account",
				...Array(2).fill("AppMetadata"),
			],
		);
		const listed = JSON.stringify(entries);
		for (const secret of ["at-", "rt-", "eyJ"])
			assert.equal(listed.includes(secret), false);
		assert.deepEqual(entries[0], {
			kind: "AccessToken",
			clientId: PUBLIC_CLIENT,
			environment: "login.microsoftonline.com",
			tenantId: TENANT,
			homeAccountId: HOME,
			username: "",
			scope: "User.Read openid profile https://graph.microsoft.com/.default",
			tokenType: "Bearer",
			familyId: "",
			isOnBehalfOf: false,
			cachedAt: 1_700_000_000_000,
			expiresOn: 1_700_003_600_000,
			refreshOn: 1_700_001_800_000,
			extendedExpiresOn: 1_700_010_800_000,
		});
		assert.equal(entries[7]?.username, "Ada@example.com");
		assert.equal(entries[8]?.familyId, "1");
	});

	test("entries that cannot be read are left out", () => {
		const text = `{"AccessToken":{"a":null,"b":[],"c":{"client_id":7},"d":{"client_id":"d"}},"Account":[1],"IdToken":7}`;
		const entries = listEntries(parseDocument(text));
		assert.deepEqual(
			entries.map(({ clientId }) => clientId),
			["d"],
		);
	});
});

test("a refresh token goes wherever it stands, and nothing with it", () => {
	const [family, own] = Object.values(unified().RefreshToken);
	const secret = String(family?.secret);
	const document = changed((all) => {
		Object.assign(all.RefreshToken, { "under another key": { ...family } });
	});
	const { RefreshToken, ...rest } = JSON.parse(
		removeRefreshToken(document, secret),
	);
	assert.deepEqual(Object.values(RefreshToken), [own]);
	const { RefreshToken: _, ...before } = unified();
	assert.deepEqual(rest, before);
	assert.equal(removeRefreshToken(document, "another"), document);
});
