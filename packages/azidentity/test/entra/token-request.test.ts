import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, test } from "vitest";
import { secretProof } from "../../src/entra/client-proof.ts";
import { entraClient } from "../../src/entra/entra-client.ts";
import {
	CLIENT_ID,
	failureOf,
	GRANTED,
	SCOPE,
	ScriptedService,
	SECRET,
	TOKEN_URL,
	tokenRequest,
} from "./scripted-service.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe("a token request by client credentials", () => {
	test("is one POST to the tenant's endpoint, with nothing in the form but what the grant needs", async () => {
		const service = new ScriptedService({ body: GRANTED });
		await service.requestToken();
		assert.deepEqual(
			service.seen.map(({ method, url, form }) => ({ method, url, form })),
			[
				{
					method: "POST",
					url: TOKEN_URL,
					form: {
						grant_type: "client_credentials",
						client_id: CLIENT_ID,
						scope: SCOPE,
						client_secret: SECRET,
					},
				},
			],
		);
	});

	test("says in its headers who asks, under a name of our own", async () => {
		const service = new ScriptedService({ body: GRANTED });
		await service.requestToken(
			{},
			{ userAgentOptions: { userAgentPrefix: "my-app/1" } },
		);
		const headers = service.seen[0]?.headers ?? {};
		assert.equal(headers["x-client-sku"], "azidentity");
		assert.equal(headers["x-client-os"], process.platform);
		assert.equal(headers["x-client-cpu"], process.arch);
		assert.equal(headers.accept, "application/json");
		assert.equal(headers["return-client-request-id"], "true");
		assert.equal(headers["x-ms-lib-capability"], "retry-after, h429");
		assert.match(headers["client-request-id"] ?? "", GUID);
		assert.match(
			headers["user-agent"] ?? "",
			/^my-app\/1 azidentity\/\d+\.\d+\.\d+ core-rest-pipeline\//,
		);
		assert.equal(headers["content-type"], "application/x-www-form-urlencoded");
	});

	test("the request id goes into the header that telemetryOptions names, too", async () => {
		const service = new ScriptedService({ body: GRANTED });
		await service.requestToken(
			{},
			{ telemetryOptions: { clientRequestIdHeaderName: "x-trace" } },
		);
		const headers = service.seen[0]?.headers ?? {};
		assert.equal(headers["x-trace"], headers["client-request-id"]);
	});

	test("joins several scopes with blanks and adds none of its own", async () => {
		const service = new ScriptedService({ body: GRANTED });
		await service.requestToken({ scopes: ["a/.default", "b/.default"] });
		assert.equal(service.seen[0]?.form.scope, "a/.default b/.default");
	});

	test("carries the capability only when the caller can deal with revoked tokens", async () => {
		const service = new ScriptedService({ body: GRANTED }, { body: GRANTED });
		const client = entraClient("C", CLIENT_ID, service.options());
		const ask = (cae: boolean) =>
			client.requestToken(
				tokenRequest({ cae }),
				{ grant_type: "client_credentials" },
				secretProof(SECRET),
			);
		// Together, so that one could leak into the other.
		await Promise.all([ask(true), ask(false)]);
		const claims = service.seen.map(({ form }) => form.claims).sort();
		assert.deepEqual(claims, [
			'{"access_token":{"xms_cc":{"values":["CP1"]}}}',
			undefined,
		]);
	});

	test("claims that cannot be claims are refused before any request, and are not shown", async () => {
		const service = new ScriptedService();
		const failure = await failureOf(
			service.requestToken({ claims: "planted-claims" }),
		);
		assert.ok(failure instanceof TypeError);
		assert.match(failure.message, /TestCredential: the option claims/);
		assert.doesNotMatch(inspect(failure), /planted-claims/);
	});

	for (const tenantId of [
		"common",
		"Organizations",
		"consumers",
		"../evil?x=",
		"..",
		"a/b",
		"a b",
		"",
	]) {
		test(`the tenant "${tenantId}" is refused before any request`, async () => {
			const service = new ScriptedService();
			const failure = await failureOf(service.requestToken({ tenantId }));
			assert.equal(failure.name, "CredentialUnavailableError");
			assert.match(failure.message, /TestCredential: the argument tenantId/);
		});
	}

	test("the proof learns where the form goes and for whom, and is asked once however often the form is sent", async () => {
		const service = new ScriptedService({ status: 503 }, { body: GRANTED });
		const client = entraClient("C", CLIENT_ID, service.options());
		const asked: object[] = [];
		const request = tokenRequest();
		await client.requestToken(
			request,
			{ grant_type: "client_credentials" },
			async (question) => {
				asked.push(question);
				return { client_assertion: "signed" };
			},
		);
		assert.deepEqual(asked, [
			{
				tokenEndpoint: TOKEN_URL,
				clientId: CLIENT_ID,
				isAdfs: false,
				abortSignal: request.abortSignal,
			},
		]);
		assert.deepEqual(
			service.seen.map(({ form }) => form.client_assertion),
			["signed", "signed"],
		);
	});

	test("a proof that fails ends the request with its own error", async () => {
		const service = new ScriptedService();
		const client = entraClient("C", CLIENT_ID, service.options());
		const own = new Error("no assertion today");
		const failure = await failureOf(
			client.requestToken(
				tokenRequest(),
				{ grant_type: "client_credentials" },
				() => Promise.reject(own),
			),
		);
		assert.equal(failure, own);
	});

	test("the proof cannot change who asks, or for what", async () => {
		const service = new ScriptedService({ body: GRANTED });
		const client = entraClient("C", CLIENT_ID, service.options());
		await client.requestToken(
			tokenRequest(),
			{ grant_type: "client_credentials" },
			async () => ({
				client_id: "somebody-else",
				scope: "something-else",
			}),
		);
		assert.equal(service.seen[0]?.form.client_id, CLIENT_ID);
		assert.equal(service.seen[0]?.form.scope, SCOPE);
	});

	test("the tenant is lower-case in the URL, as in every Microsoft client", async () => {
		const service = new ScriptedService({ body: GRANTED });
		await service.requestToken({ tenantId: "Contoso.onMicrosoft.com" });
		assert.equal(
			service.seen[0]?.url,
			"https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token",
		);
	});
});
