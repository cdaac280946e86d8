import assert from "node:assert/strict";
import {
	AuthenticationError,
	AzurePipelinesCredential,
	type AzurePipelinesCredentialOptions,
	CredentialUnavailableError,
	TokenCache,
} from "azidentity";
import { describe, test, vi } from "vitest";
import {
	failureOf,
	GRANTED,
	ScriptedService,
} from "../entra/scripted-service.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { CONNECTION, SYSTEM_TOKEN } from "./oidc-endpoint.ts";
import { pipelineJob } from "./pipeline-job.ts";

const entra = emulatedEntra();
const job = pipelineJob(entra);

async function refusalOf(call: Promise<unknown>): Promise<AuthenticationError> {
	const error = await failureOf(call);
	assert.ok(error instanceof AuthenticationError, String(error));
	assert.match(error.message, /^AzurePipelinesCredential: /);
	return error;
}

describe("A job of Azure Pipelines signs in by its service connection", () => {
	test("and gets a token of the application that trusts it", async () => {
		const { token } = await job.credential().getToken(VAULT);
		const { aud, appid, appidacr } = claimsOf(token);
		assert.deepEqual(
			{ aud, appid, appidacr },
			{
				aud: "https://vault.azure.net",
				appid: entra.emulator.apps.daemon.clientId,
				appidacr: "2",
			},
		);
	});

	test("by the request that Azure Pipelines documents", async () => {
		await job.credential().getToken(VAULT);
		const [{ headers, method, url } = assert.fail(), ...more] =
			job.endpoint.asked;
		assert.deepEqual(more, []);
		assert.equal(method, "POST");
		assert.equal(
			url,
			`${new URL(job.endpoint.requestUri).pathname}?api-version=7.1&serviceConnectionId=${CONNECTION}`,
		);
		assert.equal(headers.authorization, `Bearer ${SYSTEM_TOKEN}`);
		assert.equal(headers["content-type"], "application/json");
		assert.equal(headers["content-length"], "0");
		assert.equal(headers["x-tfs-fedauthredirect"], "Suppress");
	});

	test("with a new OIDC token for each request to Entra, and none for a remembered token", async () => {
		const credential = job.credential();
		const first = await credential.getToken(VAULT);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		assert.equal(job.endpoint.asked.length, 1);
		await credential.getToken(STORAGE);
		assert.equal(new Set(job.endpoint.issued).size, 2);
	});

	test("once for 100 callers, and with others that share the cache", async () => {
		const tokenCache = new TokenCache();
		const callers = Array.from({ length: 100 }, () =>
			job.credential({ tokenCache }).getToken(VAULT),
		);
		assert.equal(
			new Set((await Promise.all(callers)).map(({ token }) => token)).size,
			1,
		);
		assert.equal(job.endpoint.asked.length, 1);
	});

	test("at an address that has a query, with an id that needs encoding", async () => {
		vi.stubEnv(
			"SYSTEM_OIDCREQUESTURI",
			`${job.endpoint.requestUri}?stage=a%26b`,
		);
		const credential = job.credential({}, SYSTEM_TOKEN, "a b&c=d/é");
		assert.equal((await refusalOf(credential.getToken(VAULT))).statusCode, 404);
		const { searchParams } = new URL(
			job.endpoint.asked[0]?.url ?? "",
			"https://localhost",
		);
		assert.deepEqual(Object.fromEntries(searchParams), {
			stage: "a&b",
			"api-version": "7.1",
			serviceConnectionId: "a b&c=d/é",
		});
	});

	test("for another tenant that is allowed", async () => {
		const { fabrikam } = entra.emulator.tenants;
		const credential = job.credential({ additionallyAllowedTenants: ["*"] });
		const { token } = await credential.getToken(VAULT, {
			tenantId: fabrikam.id,
		});
		assert.equal(claimsOf(token).tid, fabrikam.id);
	});

	test("at the region that the environment names, by the program's own HTTP client", async () => {
		vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", "westus2");
		const service = new ScriptedService(
			{ body: { oidcToken: "the-assertion" } },
			{ body: GRANTED },
		);
		const credential = new AzurePipelinesCredential(
			"tenant",
			"client",
			CONNECTION,
			SYSTEM_TOKEN,
			service.options(),
		);
		await credential.getToken(VAULT);
		const [first, second = assert.fail()] = service.seen;
		assert.equal(
			new URL(first?.url ?? "").origin,
			new URL(job.endpoint.requestUri).origin,
		);
		assert.equal(
			second.url,
			"https://westus2.login.microsoft.com/tenant/oauth2/v2.0/token",
		);
		assert.equal(second.form.client_assertion, "the-assertion");
	});

	test("and the options stay as they are", async () => {
		const loggingOptions = Object.freeze({
			additionalAllowedHeaderNames: Object.freeze(["x-own"]) as string[],
		});
		const options: AzurePipelinesCredentialOptions = {
			...entra.options,
			loggingOptions,
		};
		const before = { ...options };
		assert.ok(await job.credential(Object.freeze(options)).getToken(VAULT));
		assert.deepEqual(options, before);
		assert.deepEqual(loggingOptions.additionalAllowedHeaderNames, ["x-own"]);
	});
});

describe("What cannot be right is refused by the constructor, by name, and never shown", () => {
	const nothing = undefined as unknown as string;
	const names = [
		"tenantId",
		"clientId",
		"serviceConnectionId",
		"systemAccessToken",
	];
	test.each(
		names.flatMap((name, index) =>
			[nothing, "", "  "].map((value) => [name, value, index] as const),
		),
	)("%s is %j", (name, value, index) => {
		const given = ["tenant", "client", "connection", "planted"];
		given[index] = value;
		const [tenant = "", client = "", connection = "", token = ""] = given.map(
			(each) => each as string,
		);
		assert.throws(
			() =>
				new AzurePipelinesCredential(
					...([tenant, client, connection, token] as [
						string,
						string,
						string,
						string,
					]),
				),
			(error: Error) => {
				assert.ok(error instanceof CredentialUnavailableError);
				for (const each of names)
					assert.equal(error.message.includes(each), each === name);
				assert.doesNotMatch(error.message, /planted/);
				return true;
			},
		);
	});

	const refused = (words: RegExp, make: () => unknown) =>
		assert.throws(make, (error: Error) => {
			assert.ok(error instanceof CredentialUnavailableError);
			assert.match(error.message, words);
			assert.doesNotMatch(error.message, /planted/);
			return true;
		});

	test("a tenant that cannot be one", () => {
		refused(
			/tenantId/,
			() => new AzurePipelinesCredential("a/b", "c", "d", "planted"),
		);
	});

	test("a system token that Azure Pipelines did not fill in", () => {
		refused(/systemAccessToken.*SYSTEM_ACCESSTOKEN/, () =>
			job.credential({}, "$(System.AccessToken)"),
		);
	});

	test.each(["", "  ", undefined])(
		"no job: SYSTEM_OIDCREQUESTURI is %j",
		(value) => {
			vi.stubEnv("SYSTEM_OIDCREQUESTURI", value);
			refused(/SYSTEM_OIDCREQUESTURI is not set/, () => job.credential());
		},
	);

	test.each([
		"planted",
		"/oidc",
		"ftp://planted.test/",
		"http://planted.test/",
	])("an address that the job's token must not go to: %s", (value) => {
		vi.stubEnv("SYSTEM_OIDCREQUESTURI", value);
		refused(/SYSTEM_OIDCREQUESTURI.*https/, () => job.credential());
	});

	test("plain http is for those who allow it", () => {
		vi.stubEnv("SYSTEM_OIDCREQUESTURI", "http://server.test/oidc");
		assert.ok(job.credential({ allowInsecureConnection: true }));
	});
});
