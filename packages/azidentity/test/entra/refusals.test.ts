import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, test } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import {
	CLIENT_ID,
	failureOf,
	type Scripted,
	ScriptedService,
	TENANT,
} from "./scripted-service.ts";

const BODY = {
	error: "invalid_client",
	error_description:
		"AADSTS7000222: The provided client secret keys for app are expired. Trace ID: t-1 Correlation ID: c-1 Timestamp: 2026-01-01 00:00:00Z",
	error_codes: [7000222],
	timestamp: "2026-01-01 00:00:00Z",
	trace_id: "t-1",
	correlation_id: "c-1",
	error_uri: "https://login.microsoftonline.com/error?code=7000222",
};

async function refusalOf(
	scripted: Scripted,
	more = {},
): Promise<AuthenticationError> {
	const service = new ScriptedService(scripted);
	const failure = await failureOf(
		service.requestToken({}, { retryOptions: { maxRetries: 0 }, ...more }),
	);
	assert.ok(failure instanceof AuthenticationError);
	return failure;
}

describe("a refusal", () => {
	test("tells programs everything the service said", async () => {
		const failure = await refusalOf({ status: 401, body: BODY });
		assert.equal(failure.name, "AuthenticationError");
		assert.equal(failure.statusCode, 401);
		assert.deepEqual(failure.errorResponse, {
			error: "invalid_client",
			errorDescription: BODY.error_description,
			errorCodes: [7000222],
			timestamp: BODY.timestamp,
			traceId: "t-1",
			correlationId: "c-1",
		});
		assert.equal(failure.isOutage, false);
	});

	test("tells people who was refused, why, and what to do", async () => {
		const { message } = await refusalOf({ status: 401, body: BODY });
		assert.equal(
			message,
			`TestCredential: Microsoft Entra ID refused (client ${CLIENT_ID}, tenant ${TENANT}, status 401, invalid_client). AADSTS7000222: The provided client secret keys for app are expired. The secret has expired: create a new one in the application's registration. Correlation id: c-1.`,
		);
	});

	test("finds the advice by the code in the description when there is no list of codes", async () => {
		const { error_codes: _, ...body } = {
			...BODY,
			error_description: "AADSTS700016: Application not found",
		};
		const { message } = await refusalOf({ status: 400, body });
		assert.match(
			message,
			/Check the client id, and that the application is registered in this tenant\./,
		);
	});

	test("has claims and suberror for programs, and does not print the claims", async () => {
		const claims =
			'{"access_token":{"capolids":{"essential":true,"values":["planted-claims"]}}}';
		const failure = await refusalOf({
			status: 400,
			body: { ...BODY, suberror: "basic_action", claims },
		});
		assert.equal(failure.errorResponse.claims, claims);
		assert.equal(failure.errorResponse.suberror, "basic_action");
		assert.equal(inspect(failure, { depth: 10 }).includes("planted"), false);
		assert.equal(JSON.stringify(failure).includes("planted"), false);
		assert.equal(failure.message.includes("planted"), false);
	});

	test("carries the name of our request when the service gives it none", async () => {
		const service = new ScriptedService({
			status: 401,
			body: { error: "invalid_client" },
		});
		const failure = await failureOf(service.requestToken());
		assert.ok(failure instanceof AuthenticationError);
		assert.equal(
			failure.errorResponse.correlationId,
			service.seen[0]?.headers["client-request-id"],
		);
		assert.equal(failure.errorResponse.errorDescription, "");
	});

	test("in words of another kind does not break the error", async () => {
		for (const body of [
			{ error: { code: 1 } },
			{ error: null },
			{ error_codes: "x" },
			"[1]",
			"true",
		]) {
			const failure = await refusalOf({ status: 403, body });
			assert.equal(failure.errorResponse.error, "unknown_error");
			assert.equal(failure.statusCode, 403);
		}
	});
});

describe("a service in trouble", () => {
	for (const [status, body] of [
		[400, { error: "temporarily_unavailable" }],
		[400, { error: "server_error" }],
		[400, { error: "invalid_request", error_codes: [90033] }],
		[503, { error: "whatever" }],
		[429, "slow down"],
		[500, "<html>"],
	] as const) {
		test(`is recognised by status ${status} with ${JSON.stringify(body)}`, async () => {
			const failure = await refusalOf({ status, body });
			assert.equal(failure.isOutage, true);
			assert.match(failure.message, /Try again later\./);
		});
	}
});

describe("an answer that is not Entra's", () => {
	test("is reported by status and type, and never shown", async () => {
		const failure = await refusalOf({
			status: 407,
			headers: {
				"content-type": "text/html; charset=x",
				"x-secret": "planted",
			},
			body: "<p>planted</p>",
		});
		assert.equal(failure.errorResponse.error, "unknown_error");
		assert.match(
			failure.message,
			/login\.microsoftonline\.com answered with status 407 and no error document \(text\/html\)\. Check authorityHost, and whether a proxy/,
		);
		assert.equal(
			inspect(failure, { depth: 10, showHidden: true }).includes("planted"),
			false,
		);
	});

	test("with status 400 counts as an invalid request, as in the official error", async () => {
		assert.equal(
			(await refusalOf({ status: 400, body: "no" })).errorResponse.error,
			"invalid_request",
		);
	});
});

describe("a redirect", () => {
	for (const status of [300, 301, 302, 303, 307, 308]) {
		test(`with status ${status} on a token request is refused, and nothing is sent after it`, async () => {
			const service = new ScriptedService({
				status,
				headers: { Location: "https://login.microsoftonline.com/elsewhere" },
			});
			const failure = await failureOf(
				service.requestToken(
					{},
					{ redirectOptions: { allowCrossOriginRedirects: true } },
				),
			);
			assert.ok(failure instanceof AuthenticationError);
			assert.equal(failure.errorResponse.error, "unexpected_redirect");
			assert.equal(failure.statusCode, status);
			assert.equal(service.seen.length, 1);
		});
	}
});
