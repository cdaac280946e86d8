import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { findHeld, parseDocument } from "../src/cache/document.ts";
import { putGrant } from "./documents/edits.ts";
import { at, grantOf, SIGN_IN, secretOf } from "./documents/grants.ts";
import {
	NOW,
	sections,
	UNIFIED,
	USER_OWNER,
	unified,
} from "./documents/unified.ts";

describe("whose a grant is", () => {
	test("the account that the service names counts, whoever was expected", () => {
		const other = { ...SIGN_IN, homeAccountId: "somebody.else" };
		const text = putGrant(
			undefined,
			USER_OWNER,
			["User.Read"],
			grantOf("t", "User.Read", other),
			at(NOW),
		);
		assert.equal(secretOf(text, "User.Read", USER_OWNER), undefined);
		const owner = { ...USER_OWNER, homeAccountId: "somebody.else" };
		assert.equal(secretOf(text, "User.Read", owner), "t");
	});

	test("a person's grant without an account is not kept: it would be the app's", () => {
		const { homeAccountId: _, ...nobody } = USER_OWNER;
		for (const more of [{ refreshToken: "rt" }, { idToken: "a.b." }]) {
			const grant = grantOf("t", "User.Read", more);
			const text = putGrant(UNIFIED, nobody, ["User.Read"], grant, at(NOW));
			assert.equal(text, UNIFIED);
		}
	});

	test("tokens of two assertions for one account never meet", () => {
		const put = (text: string | undefined, assertionHash: string) =>
			putGrant(
				text,
				{ ...USER_OWNER, assertionHash },
				["User.Read"],
				grantOf(`token ${assertionHash}`, "User.Read", {
					...SIGN_IN,
					refreshToken: `rt ${assertionHash}`,
				}),
				at(NOW),
			);
		const text = put(put(UNIFIED, "one"), "two");
		for (const assertionHash of ["one", "two"]) {
			const owner = { ...USER_OWNER, assertionHash };
			assert.equal(
				secretOf(text, "User.Read", owner),
				`token ${assertionHash}`,
			);
			assert.equal(
				findHeld(parseDocument(text), owner).refreshToken,
				`rt ${assertionHash}`,
			);
		}
		assert.equal(secretOf(text, "User.Read", USER_OWNER), "at-user");
		assert.equal(
			findHeld(parseDocument(text), USER_OWNER).refreshToken,
			"rt-family",
		);
		assert.deepEqual(sections(text).Account, unified().Account);
	});
});
