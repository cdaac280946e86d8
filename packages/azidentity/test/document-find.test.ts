import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { findToken, parseDocument } from "../src/cache/document.ts";
import {
	APP_OWNER,
	changed,
	HOME,
	NOW,
	UNIFIED,
	USER_OWNER,
	userToken,
} from "./documents/unified.ts";

const document = parseDocument(UNIFIED);
const VAULT = "https://vault.azure.net/.default";

const secretFor = (scopes: string[], owner: object = {}, now = NOW) =>
	findToken(document, { ...USER_OWNER, ...owner }, scopes, now)?.token.token;

/** What is found after the document was changed. */
const afterChange = (change: Parameters<typeof changed>[0]) =>
	parseDocument(changed(change));

describe("looking up access tokens", () => {
	test("a token is found for any of its scopes, in any case", () => {
		assert.equal(secretFor(["User.Read"]), "at-user");
		assert.equal(secretFor(["user.read"]), "at-user");
		assert.equal(secretFor(["openid", "User.Read"]), "at-user");
		assert.equal(
			secretFor(["https://GRAPH.microsoft.com/.default"]),
			"at-user",
		);
	});

	test("a scope that the token lacks is a miss, alone and beside others", () => {
		assert.equal(secretFor(["offline_access"]), undefined);
		assert.equal(secretFor(["User.Read", "Mail.Read"]), undefined);
		assert.equal(secretFor([]), undefined);
	});

	test("two tokens that have the scopes between them are a miss", () => {
		const other = afterChange((sections) => {
			const token = userToken(sections);
			for (const target of ["a b", "a c"])
				Object.assign(sections.AccessToken, { [target]: { ...token, target } });
		});
		assert.equal(findToken(other, USER_OWNER, ["b", "c"], NOW), undefined);
		assert.equal(findToken(other, USER_OWNER, ["a", "c"], NOW)?.scope, "a c");
	});

	test("a token bound to a key is no bearer token", () => {
		assert.equal(secretFor([VAULT]), undefined);
	});

	test("a token for another tenant, client, person or cloud is a miss", () => {
		for (const other of [
			{ tenantId: "organizations" },
			{ clientId: APP_OWNER.clientId },
			{ homeAccountId: HOME.toUpperCase() },
			{ environment: "login.microsoftonline.us" },
			{ environment: "login.microsoftonline.com:8443" },
			{ assertionHash: "hash" },
		])
			assert.equal(secretFor(["User.Read"], other), undefined);
	});

	test("every name of the cloud leads to the token, and the tenant may be written in capitals", () => {
		for (const environment of [
			"login.microsoftonline.com",
			"login.windows.net",
			"login.microsoft.com",
			"sts.windows.net",
		])
			assert.equal(secretFor(["User.Read"], { environment }), "at-user");
		const tenantId = USER_OWNER.tenantId.toUpperCase();
		assert.equal(secretFor(["User.Read"], { tenantId }), "at-user");
	});

	test("an app finds its own token, and not the one for extra parameters", () => {
		assert.equal(
			findToken(document, APP_OWNER, [VAULT], NOW)?.token.token,
			"at-app",
		);
		const withoutPlainOne = afterChange(({ AccessToken }) => {
			for (const [key, { secret }] of Object.entries(AccessToken))
				if (secret === "at-app") delete AccessToken[key];
		});
		assert.equal(
			findToken(withoutPlainOne, APP_OWNER, [VAULT], NOW),
			undefined,
		);
	});

	test("an account that is absent, null or empty is the app itself", () => {
		for (const home of [null, ""]) {
			const other = afterChange(({ AccessToken }) => {
				for (const entity of Object.values(AccessToken))
					if (entity.secret === "at-app")
						Object.assign(entity, { home_account_id: home });
			});
			assert.equal(
				findToken(other, APP_OWNER, [VAULT], NOW)?.token.token,
				"at-app",
			);
		}
	});

	test("times are milliseconds, and say when to refresh and what an outage allows", () => {
		assert.deepEqual(findToken(document, USER_OWNER, ["User.Read"], NOW), {
			token: {
				token: "at-user",
				expiresOnTimestamp: 1_700_003_600_000,
				refreshAfterTimestamp: 1_700_001_800_000,
				tokenType: "Bearer",
			},
			scope: "User.Read openid profile https://graph.microsoft.com/.default",
			cachedAt: 1_700_000_000_000,
			extendedExpiresOn: 1_700_010_800_000,
			isExpired: false,
		});
	});

	test("a token is found until it expires, and after that marked while an outage lets it serve", () => {
		const at = (now: number) =>
			findToken(document, USER_OWNER, ["User.Read"], now)?.isExpired;
		assert.equal(at(1_700_003_300_000), false);
		assert.equal(at(1_700_003_599_999), false);
		assert.equal(at(1_700_003_600_000), true);
		assert.equal(at(1_700_010_799_999), true);
		assert.equal(at(1_700_010_800_000), undefined);
	});

	test("a token stored in the future is a miss, but for a clock that rounds", () => {
		assert.equal(secretFor(["User.Read"], {}, 1_699_999_990_000), undefined);
		assert.equal(secretFor(["User.Read"], {}, 1_699_999_999_500), "at-user");
	});

	test("of several tokens the newest is found, but never an expired one before one that lives", () => {
		const copies = (...changes: object[]) =>
			afterChange((sections) => {
				const original = { ...userToken(sections) };
				for (const [index, change] of changes.entries())
					Object.assign(sections.AccessToken, {
						[`copy ${index}`]: { ...original, ...change },
					});
			});
		const secret = (other: ReturnType<typeof parseDocument>) =>
			findToken(other, USER_OWNER, ["User.Read"], NOW)?.token.token;

		const newer = { secret: "newer", cached_at: "1700000050" };
		const older = {
			secret: "older",
			cached_at: "1699999000",
			expires_on: "1700009999",
		};
		assert.equal(secret(copies(newer, older)), "newer");
		assert.equal(secret(copies(older, newer)), "newer");
		assert.equal(
			secret(copies({ ...newer, expires_on: "1700000060" })),
			"at-user",
		);
	});

	test("entries under other libraries' keys and aliases are found as well", () => {
		const other = afterChange((sections) => {
			const entity = userToken(sections);
			sections.AccessToken = {
				"what JavaScript-": { ...entity, environment: "login.windows.net" },
			};
		});
		assert.equal(
			findToken(other, USER_OWNER, ["User.Read"], NOW)?.token.token,
			"at-user",
		);
	});

	test("a token got on somebody's behalf is never an ordinary one, in either spelling of its hash", () => {
		for (const name of ["user_assertion_hash", "userAssertionHash"]) {
			const other = afterChange((sections) =>
				Object.assign(userToken(sections), { [name]: "cxLj=" }),
			);
			const find = (owner: object) =>
				findToken(other, { ...USER_OWNER, ...owner }, ["User.Read"], NOW)?.token
					.token;
			assert.equal(find({}), undefined);
			assert.equal(find({ assertionHash: "other" }), undefined);
			assert.equal(find({ assertionHash: "cxLj" }), "at-user");
			assert.equal(find({ assertionHash: "cxLj=" }), "at-user");
		}
	});
});
