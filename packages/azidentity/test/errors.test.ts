import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as official from "@azure/identity";
import { describe, test } from "vitest";
import * as ours from "../src/errors.ts";

const DOCUMENT = {
	error: "invalid_grant",
	error_description: "AADSTS50076: more is needed.",
	error_codes: [50076],
	timestamp: "2026-01-01 00:00:00Z",
	trace_id: "t",
	correlation_id: "c",
};

/** What programs written for @azure/identity read from an error. */
function read(error: InstanceType<typeof official.AuthenticationError>) {
	const { cause, errorResponse, message, name, statusCode } = error;
	return {
		cause,
		errorResponse: { ...errorResponse },
		message,
		name,
		statusCode,
	};
}

describe("errors are those of @azure/identity:", () => {
	test("the names that callers compare", () => {
		assert.equal(
			ours.AuthenticationErrorName,
			official.AuthenticationErrorName,
		);
		assert.equal(
			ours.CredentialUnavailableErrorName,
			official.CredentialUnavailableErrorName,
		);
		assert.equal(
			ours.AggregateAuthenticationErrorName,
			official.AggregateAuthenticationErrorName,
		);
	});

	for (const [what, status, body] of [
		["an object", 400, DOCUMENT],
		["a JSON text", 400, JSON.stringify(DOCUMENT)],
		["a text with status 400", 400, "no JSON"],
		["a text with another status", 500, "no JSON"],
		["nothing", 500, undefined],
		["null", 401, null],
		["an object of another kind", 401, {}],
	] as const) {
		test(`an AuthenticationError made from ${what}`, () => {
			const cause = new Error("why");
			assert.deepEqual(
				read(new ours.AuthenticationError(status, body, { cause })),
				read(new official.AuthenticationError(status, body, { cause })),
			);
		});
	}

	test("the other three", () => {
		const cause = new Error("why");
		const pairs = [ours, official].map((library) => [
			new library.CredentialUnavailableError("not here", { cause }),
			new library.CredentialUnavailableError(),
			new library.AggregateAuthenticationError([cause, "b"], "none"),
			new library.AuthenticationRequiredError({
				scopes: ["s"],
				getTokenOptions: { tenantId: "t" },
				message: "sign in",
				cause,
			}),
			new library.AuthenticationRequiredError({ scopes: [] }),
		]);
		const shown = pairs.map((errors) =>
			errors.map((error) => ({
				name: error.name,
				message: error.message,
				cause: error.cause,
				errors: "errors" in error ? error.errors : undefined,
				scopes: "scopes" in error ? error.scopes : undefined,
				getTokenOptions:
					"getTokenOptions" in error ? error.getTokenOptions : undefined,
				text: String(error),
			})),
		);
		assert.deepEqual(shown[0], shown[1]);
	});
});

describe("an AuthenticationError", () => {
	test("says more to programs when more is known", () => {
		const error = new ours.AuthenticationError(
			429,
			{ ...DOCUMENT, suberror: "basic_action", claims: "{}" },
			{
				message: "C: too much.",
				isOutage: true,
				notBefore: 5_000,
				retryAfter: 3_000,
			},
		);
		assert.equal(error.message, "C: too much.");
		assert.equal(error.isOutage, true);
		assert.equal(error.notBefore, 5_000);
		assert.equal(error.retryAfter, 3_000);
		assert.equal(error.errorResponse.suberror, "basic_action");
		assert.equal(error.errorResponse.claims, "{}");
	});

	test("survives a JSON text without the members of an error document", () => {
		for (const body of ["null", "7", "[]", "{}", '{"error":{}}']) {
			const error = new ours.AuthenticationError(403, body);
			assert.equal(error.errorResponse.error, "unknown_error");
		}
	});

	test("cuts out what looks like a token, wherever in the body it is", () => {
		const token = "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.planted";
		for (const body of [
			`got ${token}`,
			{ ...DOCUMENT, error_description: token },
			`refresh_token=planted&x`,
			'{"access_token":"planted"}',
			"Authorization: Bearer planted-planted-planted",
		]) {
			const error = new ours.AuthenticationError(400, body);
			for (const text of [error.message, inspect(error), JSON.stringify(error)])
				assert.equal(text.includes("planted"), false, text);
		}
	});
});

test("claims are there to be read and not to be printed", () => {
	const claims = "planted-claims";
	const errors = [
		new ours.AuthenticationError(400, { ...DOCUMENT, claims }),
		new ours.AuthenticationRequiredError({
			scopes: [],
			getTokenOptions: { claims },
		}),
	];
	for (const error of errors) {
		assert.equal(inspect(error, { depth: 10 }).includes(claims), false);
		assert.equal(JSON.stringify(error).includes(claims), false);
	}
});
