import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { findings as secrets } from "../checks/secrets.js";
import { findings as style } from "../checks/style.js";

describe("style", () => {
	test.each([
		["a file is not named for its kind", "src/token-utils/a.ts", ""],
		["a file is not named for its kind", "src/helpers.ts", ""],
		["no path of one machine", "a.md", `see /${"work"}/main/a`],
		["no path of one machine", "a.md", `see /${"home"}/jane/a`],
		[
			"no registry's host",
			"a.md",
			["https://registry", "npmjs.org/a"].join("."),
		],
		["work that is left is in the issues", "a.ts", `// ${"TO"}${"DO"}: later`],
		["compose, do not subclass", "a.ts", "export class A extends B {}"],
		[
			"compose, do not subclass",
			"a.ts",
			"export const A = class extends B {};",
		],
		[
			"the clock is injected",
			"packages/azidentity/src/cache/a.ts",
			"Date.now();",
		],
		[
			"the clock is injected",
			"packages/azidentity/src/cache/a.ts",
			"new Date();",
		],
		[
			"who owns a clock says so",
			"packages/azidentity/src/cache/a.ts",
			"const { now = Date.now } = options;",
		],
		[
			"who owns a clock takes it as a default",
			"packages/azidentity/src/cache/token-cache.ts",
			"performance.now();",
		],
	])("%s: %s", (_rule, file, text) => {
		assert.equal(style([{ path: file, text }]).length, 1);
	});

	test("what is right is let through", () => {
		for (const [file, text] of [
			["src/token-store.ts", "export class A extends Error {}"],
			["packages/azidentity/src/cache/a.ts", "new Date(now()).toISOString();"],
			[
				"packages/azidentity/src/cache/token-cache.ts",
				"const { now = Date.now } = options;",
			],
			["packages/azidentity/test/a.test.ts", "Date.now();"],
			["a.md", "in ~/.cache/work/ or https://example.com/work/a"],
		])
			assert.deepEqual(style([{ path: file, text }]), []);
	});
});

describe("secrets", () => {
	const KEY = Buffer.from(
		Array.from({ length: 64 }, (_, index) => (index * 37) % 256),
	).toString("base64");

	test.each([
		["a private key", `-----BEGIN PRIVATE KEY${"-----"}\n${KEY}`],
		["a token", `${"ey"}JhbGciOiJSUzI1.eyJzdWIiOiJhYWFh.c2lnbmF0dXJl`],
		["a client secret", `abc8Q~${"aB3".repeat(11)}`],
		["an account key", `AccountKey=${KEY.slice(0, 64)}`],
		["a key", KEY],
		["a password in an address", `https://jane:${"tiger"}@example.com/`],
	])("%s is refused, and not shown", (_what, text) => {
		const found = secrets([{ path: "a.ts", text: `one\n${text}` }]);
		assert.ok(found.length >= 1);
		assert.match(found[0], /^a\.ts:2: looks like /);
		assert.ok(!found[0].includes(text));
	});

	test("a file may hold a well-known vector that is listed with its reason, and text in base64 is no key", () => {
		const file = { path: "a.ts", text: KEY };
		assert.deepEqual(
			secrets([file], { "a.ts": { "a key of 64 bytes in base64": "RFC" } }),
			[],
		);
		const text = Buffer.from("a".repeat(64)).toString("base64");
		assert.deepEqual(secrets([{ path: "a.ts", text }]), []);
	});
});
