import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, test } from "vitest";
import {
	findRefreshTokens,
	findToken,
	parseDocument,
} from "../src/cache/document.ts";
import {
	APP_OWNER,
	changed,
	NOW,
	UNIFIED,
	USER_OWNER,
	userToken,
} from "./documents/unified.ts";

const document = parseDocument(UNIFIED);
const VAULT = "https://vault.azure.net/.default";

/** What is found after the document was changed. */
const afterChange = (change: Parameters<typeof changed>[0]) =>
	parseDocument(changed(change));

describe("what is not as it should be", () => {
	test("times may be numbers", () => {
		const other = parseDocument(
			UNIFIED.replace(/"(\w+_o[nt])":\s*"(\d+)"/g, '"$1":$2').replace(
				/"cached_at":\s*"(\d+)"/g,
				'"cached_at":$1',
			),
		);
		assert.equal(
			findToken(other, USER_OWNER, ["User.Read"], NOW)?.token
				.refreshAfterTimestamp,
			1_700_001_800_000,
		);
	});

	test("an entry that cannot be read is skipped, the others are found", () => {
		const spoilings: object[] = [
			...[
				null,
				"",
				"soon",
				"-5",
				"1e9",
				1.5,
				-1,
				0,
				1e300,
				[],
				{},
				true,
			].flatMap((value) => [{ expires_on: value }, { cached_at: value }]),
			...[5, [], {}, true].flatMap((value) =>
				[
					"secret",
					"target",
					"client_id",
					"environment",
					"realm",
					"home_account_id",
					"credential_type",
					"token_type",
					"keyid",
					"kid",
					"key_id",
					"ext_cache_key",
					"user_assertion_hash",
					"userAssertionHash",
				].map((name) => ({ [name]: value })),
			),
			{ ext: { fmi_path: "a/b" } },
			{ additionalCacheKeyComponents: { fmi_path: "a/b" } },
			{ credential_type: "AccessToken_With_AuthScheme" },
		];
		for (const spoiling of spoilings) {
			const other = afterChange((sections) =>
				Object.assign(userToken(sections), spoiling),
			);
			const what = inspect(spoiling);
			assert.equal(
				findToken(other, USER_OWNER, ["User.Read"], NOW),
				undefined,
				what,
			);
			assert.equal(
				findToken(other, APP_OWNER, [VAULT], NOW)?.token.token,
				"at-app",
				what,
			);
		}
	});

	test("a number for an account does not make a person's token the app's", () => {
		const other = afterChange((sections) =>
			Object.assign(userToken(sections), { home_account_id: 7 }),
		);
		const { homeAccountId: _, ...app } = USER_OWNER;
		assert.equal(findToken(other, app, ["User.Read"], NOW), undefined);
	});

	test("text that is no document gives an empty one, and says so", () => {
		for (const text of ["null", "[]", "7", "{", `${UNIFIED}x`, "\0", " "]) {
			const damaged = parseDocument(text);
			assert.equal(damaged.isDamaged, true);
			assert.equal(
				findToken(damaged, USER_OWNER, ["User.Read"], NOW),
				undefined,
			);
			assert.deepEqual(findRefreshTokens(damaged, USER_OWNER), []);
		}
		for (const text of [undefined, "", "{}", UNIFIED])
			assert.equal(parseDocument(text).isDamaged, false);
	});

	test("printing a document shows no token", () => {
		for (const secret of ["at-user", "rt-family"]) {
			const printed = inspect(document, { depth: 9, showHidden: true });
			assert.equal(printed.includes(secret), false);
			assert.equal(JSON.stringify(document).includes(secret), false);
		}
	});
});
