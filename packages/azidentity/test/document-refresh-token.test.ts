import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
	findHeld,
	findRefreshTokens,
	parseDocument,
} from "../src/cache/document.ts";
import {
	APP_OWNER,
	changed,
	HOME,
	UNIFIED,
	USER_OWNER,
} from "./documents/unified.ts";

const document = parseDocument(UNIFIED);

/** What is found after the document was changed. */
const afterChange = (change: Parameters<typeof changed>[0]) =>
	parseDocument(changed(change));

describe("choosing a refresh token", () => {
	const secret = (owner: object) =>
		findHeld(document, { ...USER_OWNER, ...owner }).refreshToken;

	test("a client in a family takes the family's, one in none its own before any family's", () => {
		assert.equal(secret({}), "rt-family");
		assert.deepEqual(findRefreshTokens(document, USER_OWNER), [
			"rt-family",
			"rt-app",
		]);
		assert.equal(secret({ clientId: APP_OWNER.clientId }), "rt-family");
		const inNone = afterChange(({ AppMetadata }) => {
			for (const entity of Object.values(AppMetadata)) delete entity.family_id;
		});
		assert.deepEqual(findRefreshTokens(inNone, USER_OWNER), [
			"rt-app",
			"rt-family",
		]);
	});

	test("a client of which nothing is known takes none but its own", () => {
		assert.equal(secret({ clientId: "unlisted" }), undefined);
		const unlisted = afterChange((sections) => {
			sections.AppMetadata = {};
		});
		assert.deepEqual(findRefreshTokens(unlisted, USER_OWNER), [
			"rt-app",
			"rt-family",
		]);
	});

	test("the tenant does not matter, the person and the cloud do", () => {
		assert.equal(secret({ tenantId: "organizations" }), "rt-family");
		assert.equal(secret({ homeAccountId: "somebody.else" }), undefined);
		assert.equal(
			secret({ environment: "login.microsoftonline.us" }),
			undefined,
		);
	});

	test("an app, and a person whose account is not known, have none", () => {
		const { homeAccountId: _, ...nobody } = USER_OWNER;
		assert.deepEqual(findHeld(document, nobody), {});
		const withoutAccount = afterChange(({ RefreshToken }) => {
			for (const entity of Object.values(RefreshToken))
				delete entity.home_account_id;
		});
		assert.deepEqual(findHeld(withoutAccount, nobody), {});
	});

	test("what is held names the account", () => {
		assert.deepEqual(findHeld(document, USER_OWNER), {
			refreshToken: "rt-family",
			homeAccountId: HOME,
		});
	});

	test("our own key comes first, then what was changed last", () => {
		const other = afterChange(({ RefreshToken }) => {
			const family = Object.entries(RefreshToken)[0];
			assert.ok(family);
			const [key, entity] = family;
			delete RefreshToken[key];
			Object.assign(RefreshToken, {
				"js----": { ...entity, secret: "undated" },
				"python 1": {
					...entity,
					secret: "earlier",
					last_modification_time: "1700000000",
				},
				"python 2": {
					...entity,
					secret: "later",
					last_modification_time: 1_700_000_001,
				},
				[key]: entity,
			});
		});
		assert.deepEqual(findRefreshTokens(other, USER_OWNER), [
			"rt-family",
			"later",
			"earlier",
			"undated",
			"rt-app",
		]);
	});
});
