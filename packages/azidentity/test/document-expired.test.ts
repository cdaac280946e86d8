import assert from "node:assert/strict";
import { hours, minutes } from "@azidentity/testkit";
import { describe, test } from "vitest";
import { findHeld, parseDocument } from "../src/cache/document.ts";
import { putGrant } from "./documents/edits.ts";
import { at, grantOf, SIGN_IN, secretOf, VAULT } from "./documents/grants.ts";
import { NOW, sections, UNIFIED, USER_OWNER } from "./documents/unified.ts";

const bearer = (assertionHash: string) => ({ ...USER_OWNER, assertionHash });

/** The document with what was got, at a time, on behalf of an assertion's bearer. */
function put(
	text: string | undefined,
	assertionHash: string,
	time: number,
	extendedLifetime = 0,
): string {
	const grant = grantOf(`token of ${assertionHash}`, VAULT, {
		...SIGN_IN,
		token: {
			token: `token of ${assertionHash}`,
			expiresOnTimestamp: time + hours(1),
		},
		extendedExpiresOn: time + extendedLifetime,
		refreshToken: `refresh token of ${assertionHash}`,
	});
	return putGrant(text, bearer(assertionHash), [VAULT], grant, at(time));
}

const heldBy = (text: string, assertionHash: string) =>
	findHeld(parseDocument(text), bearer(assertionHash)).refreshToken;

describe("What was got on behalf of assertions' bearers", () => {
	test("goes with the next grant once it has expired, so that the document of a busy day is that of its last hour", () => {
		let text: string | undefined;
		for (let user = 0; user < 24 * 60; user += 1)
			text = put(text, `user ${user}`, NOW + minutes(user));
		const { AccessToken, RefreshToken, AppMetadata } = sections(text ?? "");
		assert.equal(Object.keys(AccessToken).length, 60);
		assert.equal(Object.keys(RefreshToken).length, 60);
		assert.equal(Object.keys(AppMetadata).length, 1);
	});

	test("is there until it can serve nobody, not even in an outage", () => {
		const before = put(undefined, "one", NOW, hours(3));
		const during = put(before, "two", NOW + hours(3) - 1_000);
		assert.equal(heldBy(during, "one"), "refresh token of one");
		const after = put(before, "two", NOW + hours(3));
		assert.equal(heldBy(after, "one"), undefined);
		assert.equal(heldBy(after, "two"), "refresh token of two");
	});

	test("keeps its refresh token as long as there is any token of the same assertion", () => {
		const one = putGrant(
			put(undefined, "one", NOW),
			bearer("one"),
			["User.Read"],
			grantOf("another", "User.Read", {
				token: { token: "another", expiresOnTimestamp: NOW + hours(9) },
			}),
			at(NOW),
		);
		const text = put(one, "two", NOW + hours(2));
		assert.equal(heldBy(text, "one"), "refresh token of one");
		assert.equal(
			secretOf(text, VAULT, bearer("one"), NOW + minutes(1)),
			undefined,
		);
	});

	test("keeps the refresh token of the one who is served, also when the answer set out before it", () => {
		const text = put(undefined, "one", NOW + minutes(1));
		const late = putGrant(
			text,
			bearer("one"),
			[VAULT],
			grantOf("late", VAULT, {
				...SIGN_IN,
				refreshToken: "older",
				token: { token: "late", expiresOnTimestamp: NOW + hours(4) },
			}),
			at(NOW, NOW + hours(3)),
		);
		assert.equal(heldBy(late, "one"), "refresh token of one");
	});

	test("takes nothing else with it", () => {
		const text = put(UNIFIED, "one", NOW);
		const later = put(text, "two", NOW + hours(24 * 365));
		const { AccessToken, ...rest } = sections(later);
		for (const [key, entity] of Object.entries(sections(UNIFIED).AccessToken))
			if (!entity.user_assertion_hash && !entity.userAssertionHash)
				assert.deepEqual(AccessToken[key], entity);
		assert.deepEqual(rest.IdToken, sections(UNIFIED).IdToken);
		assert.deepEqual(rest.Account, sections(UNIFIED).Account);
	});
});
