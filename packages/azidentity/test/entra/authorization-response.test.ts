import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { TENANT } from "./scripted-service.ts";
import { CODE, refused, told } from "./told.ts";

describe("what is no answer to the sign-in", () => {
	const cases: Record<string, (state: string) => [string, string][]> = {
		"no code": (state) => [["state", state]],
		"an empty code": (state) => [
			["code", ""],
			["state", state],
		],
		"two codes": (state) => [
			["code", CODE],
			["code", "other"],
			["state", state],
		],
		"another issuer": (state) => [
			["code", CODE],
			["state", state],
			["iss", "https://evil.example/v2.0"],
		],
		"no issuer's address": (state) => [
			["code", CODE],
			["state", state],
			["iss", "evil"],
		],
		"a token in its place": (state) => [
			["code", CODE],
			["id_token", "planted~token"],
			["state", state],
		],
		"two errors": (state) => [
			["error", "planted~token"],
			["error", "access_denied"],
			["state", state],
		],
	};
	for (const [what, brings] of Object.entries(cases))
		test(`${what}: an error without what it held, and no request`, async () => {
			const { failure, page, requests, url } = await told({ brings });

			const state = url?.searchParams.get("state");
			const error = refused(failure, state, "planted~token", "evil");
			assert.equal(error.errorResponse.error, "invalid_response");
			assert.equal(requests.length, 0);
			assert.match(page?.text ?? "", /<h1>The sign-in did not work/);
		});

	test("the authority's own issuer is let through, by whatever name of its cloud", async () => {
		const { grant } = await told({
			brings: (state) => ({
				code: CODE,
				state,
				iss: `https://login.windows.net/${TENANT}/v2.0`,
			}),
		});
		assert.equal(grant?.token.token, "the-token");
	});
});

describe("what the service says in place of a code", () => {
	test("cancelled: the error says so, and so does the page", async () => {
		const { failure, page, requests } = await told({
			brings: (state) => ({
				error: "access_denied",
				error_description: "AADSTS65004: User declined to consent. Trace ID: x",
				state,
			}),
		});

		const error = refused(failure);
		assert.match(
			error.message,
			/^TestCredential: the sign-in was cancelled or declined .*access_denied\)\. AADSTS65004: User declined to consent\. Consent was declined\b/,
		);
		assert.deepEqual(error.errorResponse.errorCodes, [65004]);
		assert.equal(error.isOutage, false);
		assert.equal(requests.length, 0);
		assert.match(page?.text ?? "", /<h1>The sign-in was cancelled/);
		assert.match(page?.text ?? "", /AADSTS65004/);
	});

	test("in trouble: an outage, so that a token that is still good goes on serving", async () => {
		const { failure } = await told({
			brings: (state) => ({ error: "temporarily_unavailable", state }),
		});
		assert.equal(refused(failure).isOutage, true);
	});

	test("hostile words: text on the page, one line in the error, and no longer than anybody reads", async () => {
		const hostile = `<script>alert(1)</script>\r\n[error] forged line\u202e\u2028 ${"x".repeat(5_000)}`;
		const { failure, page } = await told({
			brings: (state) => ({
				error: '<img src=x onerror="alert(2)">',
				error_description: hostile,
				state,
			}),
		});

		const { errorResponse, message } = refused(failure);
		for (const text of [message, errorResponse.errorDescription]) {
			assert.doesNotMatch(text, /[\r\n\u202e\u2028]/);
			assert.ok(text.length < 1_500);
		}
		assert.doesNotMatch(page?.text ?? "", /<script|<img/);
		assert.match(page?.text ?? "", /&#60;script&#62;alert\(1\)/);
	});

	test("words that repeat what was secret: cut out, of the error and of the page", async () => {
		const { failure, page, url } = await told({
			brings: (state) => ({
				error: "invalid_request",
				error_description: `state ${state} is not welcome`,
				state,
			}),
		});
		const state = url?.searchParams.get("state") ?? "";
		refused(failure, state);
		assert.equal(page?.text.includes(state), false);
	});
});
