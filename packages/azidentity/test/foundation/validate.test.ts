import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { normaliseScopes } from "../../src/foundation/scopes.ts";
import { required } from "../../src/foundation/validate.ts";

describe("an argument that is required", () => {
	for (const [value, word] of [
		[undefined, "missing"],
		[null, "missing"],
		["", "empty"],
		[" \t\n", "empty"],
	] as const) {
		test(`is named when it is ${JSON.stringify(value)}`, () => {
			assert.throws(
				() =>
					required("TestCredential", { tenantId: "t", clientSecret: value }),
				{
					name: "CredentialUnavailableError",
					message: `TestCredential: the argument clientSecret is ${word}. Pass a value for it.`,
				},
			);
		});
	}

	test("may be anything else", () => {
		required("C", { text: "x", number: 0, flag: false, call: () => {} });
	});
});

describe("scopes", () => {
	const of = (scopes: unknown) =>
		normaliseScopes("TestCredential", scopes as string);

	test("may be one text, a list, or one text with blanks between them", () => {
		assert.deepEqual(of("a/.default"), ["a/.default"]);
		assert.deepEqual(of(["a", "b"]), ["a", "b"]);
		assert.deepEqual(of("a b  c"), ["a", "b", "c"]);
	});

	test("are trimmed, without blanks and repetitions, in the caller's order and first spelling", () => {
		assert.deepEqual(of([" B ", "", "a", "b", "  ", "A", "\tc\n"]), [
			"B",
			"a",
			"c",
		]);
	});

	test("keep both slashes of a resource that ends in one", () => {
		assert.deepEqual(of("https://a.test//.default"), [
			"https://a.test//.default",
		]);
	});

	for (const scopes of ["", "  ", [], [""], ["", " \t "]]) {
		test(`are refused when nothing is in them: ${JSON.stringify(scopes)}`, () => {
			assert.throws(() => of(scopes), {
				name: "TypeError",
				message: /^TestCredential: the argument scopes is empty/,
			});
		});
	}

	for (const scopes of [undefined, null, 7, {}, [7], ["a", null], [["a"]]]) {
		test(`are refused when they are no texts: ${JSON.stringify(scopes)}`, () => {
			assert.throws(() => of(scopes), {
				name: "TypeError",
				message: /^TestCredential: the argument scopes must be a string/,
			});
		});
	}

	for (const scope of [
		'a"b',
		"a\\b",
		"a\nb",
		"a\u0000b",
		"a\tb",
		"é/.default",
		"a\u00a0b",
	]) {
		test(`are refused with a character that no scope has: ${JSON.stringify(scope)}`, () => {
			assert.throws(() => of(["fine", scope]), {
				name: "TypeError",
				message: /^TestCredential: the argument scopes has a character/,
			});
		});
	}
});
