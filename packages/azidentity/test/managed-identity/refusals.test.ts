import assert from "node:assert/strict";
import { AuthenticationError, CredentialUnavailableError } from "azidentity";
import { describe, test } from "vitest";
import {
	type Answer,
	azureHost,
	CLIENT_ID,
	environment,
	failureOf,
	imdsHost,
	managedIdentityTests,
	VAULT,
	variablesAt,
} from "./azure-host.ts";

managedIdentityTests();

const NO_RETRIES = { retryOptions: { maxRetries: 0 } };
const NOT_FOUND = {
	error: "invalid_request",
	error_description: "Identity not found",
};

/** The error of one call at IMDS, with the answer given. */
async function atImds(answer: Answer, options = {}): Promise<Error> {
	const host = await imdsHost();
	host.answers(answer);
	const credential = host.credential({ ...NO_RETRIES, ...options });
	return failureOf(credential.getToken(VAULT));
}

async function refusedAtImds(answer: Answer, options = {}) {
	const error = await atImds(answer, options);
	assert.ok(error instanceof AuthenticationError, error.stack);
	return error;
}

describe("Where there is no managed identity, the credential is unavailable, alone and in a chain", () => {
	test("nobody answers where IMDS would be", async () => {
		const host = await imdsHost();
		await host.close();
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /ECONNREFUSED.*another credential/);
		assert.deepEqual(host.waits, []);
	});

	test("status 400 when no identity was named: the machine has none", async () => {
		const error = await atImds({ status: 400, body: NOT_FOUND });
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /Identity not found/);
	});

	test.each(["host", "network"])(
		"Docker Desktop's 403 for an unreachable %s",
		async (what) => {
			const body = `connecting to 169.254.169.254:80: a socket operation was attempted to an unreachable ${what}.`;
			for (const options of [{}, { clientId: CLIENT_ID }]) {
				const error = await atImds({ status: 403, body }, options);
				assert.ok(error instanceof CredentialUnavailableError);
			}
		},
	);
});

describe("What IMDS refuses is an AuthenticationError, which stops a chain", () => {
	test("an identity that is not assigned", async () => {
		const error = await refusedAtImds(
			{
				status: 400,
				body: { ...NOT_FOUND, error_codes: [7], correlation_id: "its id" },
			},
			{ clientId: CLIENT_ID },
		);
		assert.equal(error.statusCode, 400);
		assert.equal(error.isUnavailable, undefined);
		assert.equal(error.errorResponse.error, "invalid_request");
		assert.deepEqual(error.errorResponse.errorCodes, [7]);
		assert.match(
			error.message,
			new RegExp(
				`ManagedIdentityCredential: .*IMDS.*clientId ${CLIENT_ID}.*https://vault.azure.net.*400.*Identity not found\\..*assigned.*its id`,
			),
		);
	});

	test("anything else that it words its own way", async () => {
		for (const status of [403, 404, 410, 429, 500, 503]) {
			const error = await refusedAtImds({ status, body: NOT_FOUND });
			assert.equal(error.statusCode, status);
			assert.equal(error.isUnavailable, undefined);
			assert.equal(error.isOutage, status >= 410);
		}
	});

	test("status 400 is a refusal, too, once it has given a token", async () => {
		const host = await imdsHost();
		const credential = host.credential(NO_RETRIES);
		await credential.getToken(VAULT);
		host.answers({ status: 400, body: NOT_FOUND });
		const error = await failureOf(credential.getToken("api://unknown"));
		assert.ok(error instanceof AuthenticationError);
	});
});

describe("What answers in the place of IMDS, and not as IMDS does, lets a chain go on", () => {
	test.each<[string, Answer]>([
		["a page with status 200", { body: "<h1>login</h1>" }],
		["JSON without a token", { body: {} }],
		["an error with status 200", { body: { error: { code: "x" } } }],
		["a proxy's 403", { status: 403, body: "<h1>denied</h1>" }],
		["a proxy's 502", { status: 502, body: "<h1>bad gateway</h1>" }],
		["another service's 404", { status: 404, body: { message: "no" } }],
		["a redirect", { status: 302, headers: { location: "/elsewhere" } }],
	])("%s", async (_, answer) => {
		const error = await refusedAtImds(answer, { clientId: CLIENT_ID });
		assert.equal(error.isUnavailable, true);
	});

	test("but not once IMDS has given a token: then it is IMDS in trouble", async () => {
		const host = await imdsHost();
		const credential = host.credential(NO_RETRIES);
		await credential.getToken(VAULT);
		host.answers({ status: 502, body: "<h1>bad gateway</h1>" });
		const error = await failureOf(credential.getToken("api://other"));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.isUnavailable, undefined);
		assert.equal(error.isOutage, true);
	});
});

describe("Each host's own words are in the error", () => {
	test.each<[string, object, string, RegExp, string | undefined]>([
		[
			"App Service",
			{ statusCode: 400, message: "No such identity", correlationId: "c-1" },
			"invalid_request",
			/App Service.*No such identity/,
			"c-1",
		],
		[
			"Azure Machine Learning",
			{ message: "The header is wrong" },
			"invalid_request",
			/Azure Machine Learning.*The header is wrong/,
			undefined,
		],
		[
			"Cloud Shell",
			{
				error: {
					code: "AudienceNotSupported",
					message: "Not this audience",
					correlationId: "c-2",
				},
			},
			"AudienceNotSupported",
			/Cloud Shell.*AudienceNotSupported.*Not this audience/,
			"c-2",
		],
		[
			"Azure Arc",
			{ error: "invalid_resource", error_description: "No such resource" },
			"invalid_resource",
			/Azure Arc.*No such resource/,
			undefined,
		],
	])("%s", async (name, body, code, message, correlationId) => {
		const host = await azureHost();
		environment(variablesAt(host.url)[name] ?? {});
		const headers = { "x-ms-request-id": "request-1" };
		host.answers({ status: 400, headers, body });
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, code);
		assert.match(error.message, message);
		const { correlationId: id } = error.errorResponse;
		assert.equal(id, correlationId ?? "request-1");
		assert.equal(error.isUnavailable, undefined);
	});

	test("a body in no known form is quoted, up to a thousand characters", async () => {
		const body = `<h1>${"a".repeat(5_000)}</h1>`;
		const { errorResponse, message } = await refusedAtImds({
			status: 418,
			body,
		});
		assert.equal(errorResponse.errorDescription, body.slice(0, 1_000));
		assert.ok(message.length < 1_000);
	});

	test.each([400, 401, 404, 500])(
		"an empty body with status %i is no puzzle",
		async (status) => {
			const error = await refusedAtImds({ status }, { clientId: CLIENT_ID });
			assert.equal(error.statusCode, status);
			assert.match(error.message, new RegExp(`status ${status}`));
		},
	);
});

test.each([
	"App Service",
	"Azure Machine Learning",
	"Cloud Shell",
	"Azure Arc",
])(
	"%s that does not answer is an outage, and says which variables brought us here",
	async (name) => {
		const host = await azureHost();
		environment(variablesAt(host.url)[name] ?? {});
		await host.close();
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "network_error");
		assert.equal(error.isOutage, true);
		assert.ok(error.message.includes(name), error.message);
		assert.doesNotMatch(error.message, /HTTPS_PROXY|authority/);
	},
);
