import assert from "node:assert/strict";
import {
	AuthenticationError,
	ChainedTokenCredential,
	type TokenCredential,
} from "azidentity";
import { describe, test } from "vitest";
import {
	type Answer,
	type AzureHost,
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

const NOT_FOUND = {
	error: "invalid_request",
	error_description: "Identity not found",
};

/** A chain of managed identity and a credential that always works, as a developer's own sign-in does. */
function chain(host: AzureHost, options = {}): TokenCredential {
	const retryOptions = { maxRetries: 0 };
	const managed = host.credential({ retryOptions, ...options });
	const next = {
		getToken: async () => ({ token: "next", expiresOnTimestamp: 2e12 }),
	};
	return new ChainedTokenCredential(managed, next);
}

describe("A chain goes on past managed identity", () => {
	test("where there is no IMDS", async () => {
		const host = await imdsHost();
		const tokens = chain(host);
		await host.close();
		assert.equal((await tokens.getToken(VAULT))?.token, "next");
	});

	test.each<[string, Answer, object]>([
		["the machine has no identity", { status: 400, body: NOT_FOUND }, {}],
		[
			"Docker Desktop has no network",
			{ status: 403, body: "unreachable network" },
			{ clientId: CLIENT_ID },
		],
		["a page has status 200", { body: "<h1>hello</h1>" }, {}],
		["there is no token in the answer", { body: {} }, {}],
		["an answer is empty", { body: "" }, {}],
		["a proxy is in between", { status: 502, body: "<h1>bad</h1>" }, {}],
		["a proxy forbids it", { status: 403, body: "<h1>no</h1>" }, {}],
	])("when %s", async (_, answer, options) => {
		const host = await imdsHost();
		host.answers(answer);
		assert.equal((await chain(host, options).getToken(VAULT))?.token, "next");
	});

	test("when there is no sign of life", async () => {
		const host = await imdsHost();
		host.answers((response) => response.destroy());
		const tokens = chain(host, { sendProbeRequest: true });
		assert.equal((await tokens.getToken(VAULT))?.token, "next");
		assert.equal(host.seen.length, 1);
	});
});

describe("A chain stops at managed identity", () => {
	test.each<[string, Answer]>([
		["the identity is not assigned", { status: 400, body: NOT_FOUND }],
		["IMDS refuses in its own words", { status: 403, body: NOT_FOUND }],
		["IMDS is busy", { status: 429, body: NOT_FOUND }],
		["IMDS is broken", { status: 500, body: NOT_FOUND }],
	])("when %s", async (_, answer) => {
		const host = await imdsHost();
		host.answers(answer);
		const error = await failureOf(
			chain(host, { clientId: CLIENT_ID }).getToken(VAULT),
		);
		assert.ok(error instanceof AuthenticationError);
	});

	test.each([
		"App Service",
		"Azure Arc",
		"Azure Machine Learning",
		"Cloud Shell",
	])(
		"when the environment says that this is %s, and it does not answer",
		async (name) => {
			const host = await azureHost();
			environment(variablesAt(host.url)[name] ?? {});
			const tokens = chain(host);
			await host.close();
			const error = await failureOf(tokens.getToken(VAULT));
			assert.ok(error instanceof AuthenticationError);
		},
	);
});
