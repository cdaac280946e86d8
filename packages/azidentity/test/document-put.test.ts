import assert from "node:assert/strict";
import { hours, minutes } from "@azidentity/testkit";
import { describe, test } from "vitest";
import { findHeld, parseDocument } from "../src/cache/document.ts";
import { putGrant } from "./documents/edits.ts";
import {
	at,
	GRAPH,
	grantOf,
	SIGN_IN,
	secretOf,
	VAULT,
} from "./documents/grants.ts";
import {
	APP_OWNER,
	HOME,
	NOW,
	sections,
	TENANT,
	UNIFIED,
	USER_OWNER,
	unified,
} from "./documents/unified.ts";

describe("putting a grant", () => {
	test("an app's first grant makes the document that Go would write", () => {
		const grant = grantOf("token", VAULT, {
			token: {
				token: "token",
				expiresOnTimestamp: NOW + hours(1) + 999,
				refreshAfterTimestamp: NOW + minutes(30) + 1,
			},
			extendedExpiresOn: NOW + hours(2),
		});
		const owner = { ...APP_OWNER, tenantId: TENANT.toUpperCase() };
		const text = putGrant(undefined, owner, [VAULT], grant, at(NOW + 999));
		const head = "-login.windows.net-accesstoken";
		assert.equal(
			text,
			JSON.stringify({
				AccessToken: {
					[`${head}-${APP_OWNER.clientId}-${TENANT}-${VAULT}`]: {
						environment: "login.windows.net",
						realm: TENANT,
						credential_type: "AccessToken",
						client_id: APP_OWNER.clientId,
						secret: "token",
						target: VAULT,
						refresh_on: "1700001900",
						expires_on: "1700003700",
						extended_expires_on: "1700007300",
						cached_at: "1700000100",
						token_type: "Bearer",
					},
				},
				RefreshToken: {},
				IdToken: {},
				Account: {},
				AppMetadata: {
					[`appmetadata-login.windows.net-${APP_OWNER.clientId}`]: {
						client_id: APP_OWNER.clientId,
						environment: "login.windows.net",
					},
				},
			}),
		);
	});

	test("a person's grant leaves the token, the refresh token, the ID token and the account", () => {
		const text = putGrant(
			"",
			USER_OWNER,
			["User.Read"],
			grantOf("token", "User.Read openid", { ...SIGN_IN, familyId: "1" }),
			at(NOW),
		);
		const { RefreshToken, IdToken, Account, AppMetadata } = sections(text);
		const user = `${HOME}-login.windows.net`;
		const whose = { home_account_id: HOME, environment: "login.windows.net" };
		assert.deepEqual(RefreshToken, {
			[`${user}-refreshtoken-1`]: {
				...whose,
				credential_type: "RefreshToken",
				client_id: USER_OWNER.clientId,
				family_id: "1",
				secret: "rt-new",
				last_modification_time: "1700000100",
			},
		});
		assert.deepEqual(IdToken, {
			[`${user}-idtoken-${USER_OWNER.clientId}-${TENANT}`]: {
				...whose,
				realm: TENANT,
				credential_type: "IdToken",
				client_id: USER_OWNER.clientId,
				secret: "header.payload.",
			},
		});
		assert.deepEqual(Account, {
			[`${user}-${TENANT}`]: {
				...whose,
				realm: TENANT,
				local_account_id: "oid-1",
				authority_type: "MSSTS",
				username: "Ada@example.com",
			},
		});
		assert.deepEqual(Object.values(AppMetadata), [
			{
				family_id: "1",
				client_id: USER_OWNER.clientId,
				environment: "login.windows.net",
			},
		]);
		assert.equal(
			findHeld(parseDocument(text), USER_OWNER).refreshToken,
			"rt-new",
		);
	});

	test("the target is what was granted, then what was asked for besides, each once", () => {
		const grant = grantOf("token", "user.read Mail.Read user.read");
		const text = putGrant(
			undefined,
			USER_OWNER,
			["User.Read", "Files.Read"],
			grant,
			at(NOW),
		);
		assert.deepEqual(
			Object.values(sections(text).AccessToken).map(({ target }) => target),
			["user.read Mail.Read Files.Read"],
		);
		for (const scope of ["User.Read", "mail.read", "FILES.READ"])
			assert.equal(secretOf(text, scope, USER_OWNER), "token");
	});

	test("what it is not about stays the text it was", () => {
		const text = putGrant(
			UNIFIED,
			APP_OWNER,
			[GRAPH],
			grantOf("t", GRAPH),
			at(NOW),
		);
		const added = `-login.windows.net-accesstoken-${APP_OWNER.clientId}-${TENANT}-${GRAPH}`;
		const { AccessToken } = sections(text);
		assert.deepEqual(Object.keys(AccessToken), [
			...Object.keys(unified().AccessToken),
			added,
		]);
		delete AccessToken[added];
		const rest = JSON.stringify({ ...JSON.parse(text), AccessToken });
		assert.equal(rest, JSON.stringify(unified()));
	});

	test("sections of others, numbers too long for a double and blanks survive an edit", () => {
		const future = `{ "any" : [1, "two", 12345678901234567890123.0, 1e999] }`;
		const text = `{"X_Future":${future},"AccessToken":null,"9":1,"1":2}`;
		const edited = putGrant(
			text,
			APP_OWNER,
			[VAULT],
			grantOf("t", VAULT),
			at(NOW),
		);
		assert.ok(edited.startsWith(`{"X_Future":${future},"AccessToken":{`));
		assert.ok(edited.includes(`,"9":1,"1":2,"AppMetadata":{`));
	});

	test("an entry that is replaced keeps its place and what others wrote into it, not what was said of the old token", () => {
		const first = putGrant(
			UNIFIED,
			APP_OWNER,
			[VAULT],
			grantOf("first", VAULT, {
				token: {
					token: "first",
					expiresOnTimestamp: NOW + hours(1),
					refreshAfterTimestamp: NOW + minutes(30),
				},
			}),
			at(NOW),
		);
		const marked = first.replace(
			'"secret":"first"',
			'"x":{"n":1e999},"secret":"first","ext_expires_on":"9","kid":""',
		);
		const second = putGrant(
			marked,
			APP_OWNER,
			[VAULT],
			grantOf("second", VAULT),
			at(NOW + 1),
		);
		assert.ok(second.includes('"x":{"n":1e999},"secret":"second"'));
		assert.deepEqual(
			Object.keys(sections(second).AccessToken),
			Object.keys(sections(first).AccessToken),
		);
		for (const gone of ["refresh_on", "ext_expires_on", '"kid"'])
			assert.equal(second.split("at-ext")[1]?.includes(gone), false, gone);
	});

	test("text that is no document is replaced by one", () => {
		for (const text of ["[]", "{", "null", "\0"]) {
			const edited = putGrant(
				text,
				APP_OWNER,
				[VAULT],
				grantOf("t", VAULT),
				at(NOW),
			);
			assert.equal(secretOf(edited, VAULT), "t");
		}
	});
});
