import assert from "node:assert/strict";
import { hours, minutes, seconds } from "@azidentity/testkit";
import { describe, test } from "vitest";
import { findHeld, parseDocument } from "../src/cache/document.ts";
import { putGrant } from "./documents/edits.ts";
import {
	at,
	GRAPH,
	grantOf,
	SIGN_IN,
	secretOf,
	secretsIn,
	VAULT,
} from "./documents/grants.ts";
import {
	APP_OWNER,
	changed,
	HOME,
	NOW,
	sections,
	UNIFIED,
	USER_OWNER,
	unified,
} from "./documents/unified.ts";

describe("what a grant replaces", () => {
	test("tokens it makes useless go, under whatever key and alias; others stay", () => {
		const text = putGrant(
			UNIFIED,
			USER_OWNER,
			["User.Read"],
			grantOf("new", `openid PROFILE User.Read ${GRAPH} Mail.Read`),
			at(NOW),
		);
		assert.deepEqual(secretsIn(text), ["at-pop", "at-app", "at-ext", "new"]);
	});

	test("a token with a scope more than the grant stays, but the grant is found first", () => {
		const text = putGrant(
			UNIFIED,
			USER_OWNER,
			["User.Read"],
			grantOf("new", "User.Read"),
			at(NOW),
		);
		assert.equal(secretOf(text, "User.Read", USER_OWNER), "new");
		assert.equal(secretOf(text, "profile", USER_OWNER), "at-user");
	});

	test("the owner's tokens that nothing can make of use again go", () => {
		const later = 1_700_010_800_000;
		const grant = grantOf("new", "Mail.Read", {
			token: { token: "new", expiresOnTimestamp: later + hours(1) },
		});
		const text = putGrant(UNIFIED, USER_OWNER, ["Mail.Read"], grant, at(later));
		assert.deepEqual(secretsIn(text), ["at-pop", "at-app", "at-ext", "new"]);
	});

	test("an answer that set out earlier replaces nothing, however late it comes", () => {
		const slow = at(NOW, NOW + minutes(1));
		const fast = at(NOW + seconds(5), NOW + seconds(6));
		const put = (text: string | undefined, name: string, times: typeof slow) =>
			putGrant(
				text,
				USER_OWNER,
				["User.Read"],
				grantOf(name, "User.Read", {
					homeAccountId: HOME,
					refreshToken: `rt ${name}`,
				}),
				times,
			);
		const now = NOW + minutes(2);
		for (const text of [
			put(put(undefined, "fast", fast), "slow", slow),
			put(put(undefined, "slow", slow), "fast", fast),
		]) {
			assert.deepEqual(secretsIn(text), ["fast"]);
			assert.equal(secretOf(text, "User.Read", USER_OWNER, now), "fast");
			assert.equal(
				findHeld(parseDocument(text), USER_OWNER).refreshToken,
				"rt fast",
			);
		}
	});

	test("an earlier answer for more scopes is kept beside the newer one", () => {
		const put = (
			text: string | undefined,
			name: string,
			scope: string,
			time: number,
		) => putGrant(text, USER_OWNER, [], grantOf(name, scope), at(time));
		const newer = put(undefined, "newer", "User.Read", NOW);
		const both = put(newer, "older", "User.Read Mail.Read", NOW - seconds(9));
		assert.equal(secretOf(both, "User.Read", USER_OWNER), "newer");
		assert.equal(secretOf(both, "Mail.Read", USER_OWNER), "older");
	});

	test("a clock that was wrong does not keep new tokens out for ever", () => {
		const nextDay = at(NOW + hours(24));
		const wrong = putGrant(
			undefined,
			APP_OWNER,
			[VAULT],
			grantOf("wrong", VAULT, {
				token: { token: "wrong", expiresOnTimestamp: NOW + hours(25) },
			}),
			nextDay,
		);
		const right = putGrant(
			wrong,
			APP_OWNER,
			[VAULT],
			grantOf("right", VAULT),
			at(NOW),
		);
		assert.deepEqual(secretsIn(right), ["right"]);
	});

	test("a token with less than five minutes left is not written, and what it replaces goes", () => {
		const first = putGrant(
			undefined,
			APP_OWNER,
			[VAULT],
			grantOf("first", VAULT),
			at(NOW),
		);
		const brief = (left: number) =>
			grantOf("brief", VAULT, {
				token: { token: "brief", expiresOnTimestamp: NOW + left },
			});
		const put = (left: number) =>
			secretsIn(putGrant(first, APP_OWNER, [VAULT], brief(left), at(NOW)));
		assert.deepEqual(put(minutes(5)), ["brief"]);
		assert.deepEqual(put(minutes(5) - 1), []);
	});

	test("a token that never says when it expires is not written", () => {
		for (const expiresOnTimestamp of [
			Number.NaN,
			Number.POSITIVE_INFINITY,
			-1,
			0,
			1e300,
		]) {
			const grant = grantOf("t", VAULT, {
				token: { token: "t", expiresOnTimestamp },
			});
			const text = putGrant(undefined, APP_OWNER, [VAULT], grant, at(NOW));
			assert.deepEqual(sections(text).AccessToken, {});
		}
	});

	test("a refresh token replaces those of the same client and family under other keys", () => {
		const document = unified();
		const [family, own] = Object.values(document.RefreshToken);
		Object.assign(document.RefreshToken, {
			"js----": { ...family, environment: "login.windows.net" },
			sibling: { ...family, client_id: "sibling" },
		});
		const text = putGrant(
			JSON.stringify(document),
			USER_OWNER,
			["User.Read"],
			grantOf("t", "User.Read", { ...SIGN_IN, familyId: "1" }),
			at(NOW),
		);
		assert.deepEqual(
			Object.values(sections(text).RefreshToken).map((entity) => [
				entity.client_id,
				entity.secret,
			]),
			[
				[USER_OWNER.clientId, own?.secret],
				["sibling", "rt-family"],
				[USER_OWNER.clientId, "rt-new"],
			],
		);
	});

	test("an ID token replaces those under other keys, unless it came with an outdated answer", () => {
		const document = changed(({ IdToken }) => {
			const [token] = Object.values(IdToken);
			Object.assign(IdToken, {
				"js---": { ...token, environment: "login.windows.net" },
				"another tenant": { ...token, realm: "other", secret: "theirs" },
			});
		});
		const put = (text: string, idToken: string, time: number) =>
			putGrant(
				text,
				USER_OWNER,
				["User.Read"],
				grantOf("t", "User.Read", { ...SIGN_IN, idToken }),
				at(time),
			);
		const newer = put(document, "newer", NOW);
		for (const text of [newer, put(newer, "older", NOW - seconds(9))])
			assert.deepEqual(
				Object.values(sections(text).IdToken).map(({ secret }) => secret),
				["theirs", "newer"],
			);
	});

	test("a grant without a refresh token leaves the one that is there", () => {
		const { refreshToken: _, ...rest } = SIGN_IN;
		const text = putGrant(
			UNIFIED,
			USER_OWNER,
			["User.Read"],
			grantOf("t", "User.Read", rest),
			at(NOW),
		);
		assert.deepEqual(sections(text).RefreshToken, unified().RefreshToken);
	});

	test("what is known of a client stands in one entry, and learns its family where it stands", () => {
		const put = (owner: typeof USER_OWNER, familyId?: string) =>
			sections(
				putGrant(
					UNIFIED,
					owner,
					["User.Read"],
					grantOf("t", "User.Read", {
						...SIGN_IN,
						...(familyId !== undefined && { familyId }),
					}),
					at(NOW),
				),
			).AppMetadata;
		const inNone = { ...USER_OWNER, clientId: APP_OWNER.clientId };
		assert.deepEqual(put(USER_OWNER), unified().AppMetadata);
		const key = `appmetadata-login.microsoftonline.com-${APP_OWNER.clientId}`;
		const before = unified().AppMetadata;
		assert.deepEqual(put(inNone, "1"), {
			...before,
			[key]: { ...before[key], family_id: "1" },
		});
	});
});
