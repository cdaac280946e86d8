import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { requestClaims } from "../../src/entra/claims.ts";

const claimsOf = (claims: string | undefined, cae: boolean) =>
	requestClaims("C", claims, cae);
const NBF = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}';

describe("the claims of a request", () => {
	test("are left out when there is nothing to ask for", () => {
		assert.equal(claimsOf(undefined, false), undefined);
		assert.equal(claimsOf("", false), undefined);
	});

	test("hold the capability when the caller can deal with revoked tokens", () => {
		assert.equal(
			claimsOf(undefined, true),
			'{"access_token":{"xms_cc":{"values":["CP1"]}}}',
		);
	});

	test("keep the caller's and add the capability", () => {
		assert.equal(claimsOf(NBF, false), NBF);
		assert.equal(
			claimsOf(NBF, true),
			'{"access_token":{"nbf":{"essential":true,"value":"1700000000"},"xms_cc":{"values":["CP1"]}}}',
		);
	});

	test("keep what is not about the access token", () => {
		assert.equal(
			claimsOf('{"id_token":{"acrs":null}}', true),
			'{"id_token":{"acrs":null},"access_token":{"xms_cc":{"values":["CP1"]}}}',
		);
		assert.equal(
			claimsOf('{"access_token":null}', true),
			'{"access_token":{"xms_cc":{"values":["CP1"]}}}',
		);
	});

	test("unite the caller's capabilities with ours, once, in any case", () => {
		const withCapabilities = (values: unknown) =>
			JSON.stringify({ access_token: { xms_cc: { essential: true, values } } });
		assert.equal(
			claimsOf(withCapabilities(["foo"]), true),
			withCapabilities(["foo", "CP1"]),
		);
		assert.equal(
			claimsOf(withCapabilities(["cp1"]), true),
			withCapabilities(["cp1"]),
		);
		assert.equal(
			claimsOf('{"access_token":{"xms_cc":null}}', true),
			'{"access_token":{"xms_cc":{"values":["CP1"]}}}',
		);
	});

	test("may come in base64 or base64url, as a challenge has them, with text in any script", () => {
		const base64 =
			"eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiw6k/PiJ9fX0=";
		for (const claims of [
			base64,
			base64.replace("/", "_").replace("=", ""),
			` ${base64}\n`,
		])
			assert.equal(
				claimsOf(claims, false),
				'{"access_token":{"acrs":{"essential":true,"value":"é?>"}}}',
			);
		assert.equal(
			claimsOf(
				"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNzAwMDAwMDAwIn19fQ==",
				false,
			),
			NBF,
		);
	});

	for (const claims of [
		"text",
		"[]",
		"null",
		"7",
		'"text"',
		"{",
		"{}x",
		"W10=",
		"bm90IGpzb24=",
		"éé",
		'{"access_token":[]}',
		'{"access_token":"x"}',
	]) {
		test(`that are no claims request (${claims}) are refused without being shown`, () => {
			assert.throws(
				() => claimsOf(claims, true),
				(error: Error) => {
					assert.ok(error instanceof TypeError);
					assert.match(
						error.message,
						/^C: the option claims is not a claims request/,
					);
					return true;
				},
			);
		});
	}
});
