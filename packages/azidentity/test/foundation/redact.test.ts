import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "vitest";
import {
	codeOf,
	redact,
	sanitisedCause,
	secretsIn,
} from "../../src/foundation/redact.ts";
import { VERSION } from "../../src/foundation/version.ts";

describe("a text for people", () => {
	test("has no secret in any spelling a request can carry it in", () => {
		const secret = 'a b+c&d=e%~é"/x';
		const form = new URLSearchParams({ s: secret }).toString();
		assert.equal(form, "s=a+b%2Bc%26d%3De%25%7E%C3%A9%22%2Fx");
		const text = [
			secret,
			form,
			encodeURIComponent(secret),
			JSON.stringify({ secret }),
		].join(" | ");
		assert.equal(
			redact(text, [secret]),
			'[redacted] | s=[redacted] | [redacted] | {"secret":"[redacted]"}',
		);
	});

	test("has no end of a secret that begins like another", () => {
		assert.equal(
			redact("secret-long", ["secret", "secret-long"]),
			"[redacted]",
		);
	});

	test("stays readable when a secret is a word as short as any", () => {
		assert.equal(redact("not a secret", ["a", "", "t s"]), "not a secret");
	});

	test("has no token, nor what is called one", () => {
		for (const [text, expected] of [
			["at eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln!", "at [redacted]!"],
			["five eyJhbGciOiJub25lIn0.a.b.c.d parts", "five [redacted] parts"],
			["cut eyJhbGciOiJub25l", "cut [redacted]"],
			["x?client_secret=abc&y=1", "x?client_secret=[redacted]&y=1"],
			[
				'{"refresh_token": "abc","y":1}',
				'{"refresh_token": "[redacted]","y":1}',
			],
			[
				'{"password":"correct \\"horse\\" battery","y":1}',
				'{"password":"[redacted]","y":1}',
			],
			[
				"{'access_token': 'it is \"x\"', 1}",
				"{'access_token': '[redacted]', 1}",
			],
			['{"password":"cut off', '{"password":"[redacted]'],
			[
				'"{\\"access_token\\":\\"a b\\"}" twice over',
				'"{\\"access_token\\":\\"[redacted]" twice over',
			],
			[
				"Authorization: Bearer abcdefghijklmnopqrst",
				"Authorization: Bearer [redacted]",
			],
			[
				"AADSTS7000215: Invalid client secret provided.",
				"AADSTS7000215: Invalid client secret provided.",
			],
			["error code=50076", "error code=50076"],
		] as const)
			assert.equal(redact(text), expected);
	});
});

test("the secrets of a form are those that show who somebody is", () => {
	assert.deepEqual(
		secretsIn({
			grant_type: "password",
			client_id: "id",
			client_secret: "s",
			client_assertion: "a",
			assertion: "u",
			refresh_token: "r",
			code: "c",
			code_verifier: "v",
			device_code: "d",
			password: "p",
			scope: "x",
		}),
		["s", "a", "u", "r", "c", "v", "d", "p"],
	);
});

describe("a cause that is handed on", () => {
	test("keeps name, message and code, and nothing else", () => {
		const original = Object.assign(
			new TypeError("sent planted", { cause: new Error("planted") }),
			{ code: "ECONNRESET", request: { body: "planted" } },
		);
		const safe = sanitisedCause(original, ["planted"]);
		assert.deepEqual(
			{ ...safe, message: safe.message, stack: safe.stack, cause: safe.cause },
			{
				name: "TypeError",
				code: "ECONNRESET",
				message: "sent [redacted]",
				stack: "TypeError: sent [redacted]",
				cause: undefined,
			},
		);
	});

	test("shows nothing of what is no error", () => {
		assert.equal(sanitisedCause("planted").message, "string");
		assert.equal(sanitisedCause(undefined).message, "undefined");
	});
});

test("the code of an error is its own, else that of its cause", () => {
	assert.equal(
		codeOf(
			Object.assign(new Error("a"), { code: "OWN", cause: { code: "OTHER" } }),
		),
		"OWN",
	);
	assert.equal(
		codeOf(
			new TypeError("fetch failed", {
				cause: Object.assign(new Error("b"), { code: "ECONNREFUSED" }),
			}),
		),
		"ECONNREFUSED",
	);
	const circular: { cause?: unknown } = {};
	circular.cause = { cause: circular };
	assert.equal(codeOf(circular), undefined);
	assert.equal(codeOf("text"), undefined);
});

test("the version in requests is the version of the package", () => {
	const manifest = JSON.parse(
		readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
	);
	assert.equal(VERSION, manifest.version);
});
