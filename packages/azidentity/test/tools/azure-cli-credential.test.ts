import assert from "node:assert/strict";
import {
	AuthenticationError,
	AzureCliCredential,
	CredentialUnavailableError,
} from "azidentity";
import { describe, test } from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { scriptedTool } from "./scripted-tool.ts";

const az = scriptedTool("az");
const SCOPE = "https://vault.azure.net/.default";
const EXPIRES_ON = 1_900_000_000;
const TENANT = "aaaa1111-0000-4000-8000-000000000001";

const token = (fields: object = {}) =>
	JSON.stringify({
		accessToken: "the-token",
		expiresOn: "2030-03-17 17:46:40.000000",
		expires_on: EXPIRES_ON,
		subscription: "5ab5c000-0000-4000-8000-000000000001",
		tenant: TENANT,
		tokenType: "Bearer",
		...fields,
	});

describe("The Azure CLI is asked for a token of its account", () => {
	test("by the command that people know, for the resource of the scope", async () => {
		az.answers({ stdout: token() });
		const got = await new AzureCliCredential().getToken(SCOPE);
		assert.deepEqual(got, {
			token: "the-token",
			expiresOnTimestamp: EXPIRES_ON * 1_000,
			tokenType: "Bearer",
		});
		assert.deepEqual(
			az.calls().map(({ args }) => args.join(" ")),
			[
				"account get-access-token --output json --resource https://vault.azure.net",
			],
		);
	});

	test("in a tenant and a subscription, whose name may have blanks", async () => {
		az.answers({ stdout: token() });
		await new AzureCliCredential({
			tenantId: TENANT,
			subscription: "My Subscription 1.0",
		}).getToken(SCOPE);
		assert.deepEqual(az.calls()[0]?.args.slice(-4), [
			"--tenant",
			TENANT,
			"--subscription",
			"My Subscription 1.0",
		]);
	});

	test("for a resource that ends with a slash, which stays", async () => {
		az.answers({ stdout: token() });
		const scopes = ["https://database.windows.net//.default"];
		await new AzureCliCredential().getToken(scopes);
		assert.deepEqual(scopes, ["https://database.windows.net//.default"]);
		assert.equal(az.calls()[0]?.args.at(-1), "https://database.windows.net/");
	});

	test("in any tenant that a call names, when it has none of its own", async () => {
		az.answers({ stdout: token() });
		const credential = new AzureCliCredential();
		await credential.getToken(SCOPE, { tenantId: "fabrikam.test" });
		assert.deepEqual(az.calls()[0]?.args.slice(-2), [
			"--tenant",
			"fabrikam.test",
		]);
	});

	test("in another tenant than its own only where that is allowed", async () => {
		az.answers({ stdout: token() });
		const tenantId = "fabrikam.test";
		const strict = new AzureCliCredential({ tenantId: TENANT });
		assert.ok(
			(await failureOf(strict.getToken(SCOPE, { tenantId }))) instanceof
				CredentialUnavailableError,
		);
		assert.deepEqual(az.calls(), []);
		const free = new AzureCliCredential({
			tenantId: TENANT,
			additionallyAllowedTenants: ["*"],
		});
		assert.ok(await free.getToken(SCOPE, { tenantId }));
	});

	test("once for all who ask at the same time, and anew for each who asks later", async () => {
		az.answers({ stdout: token() });
		const credential = new AzureCliCredential();
		const askAll = () =>
			Promise.all(
				Array.from({ length: 20 }, (_, number) =>
					credential.getToken(SCOPE, { enableCae: number % 2 === 0 }),
				),
			);
		await askAll();
		assert.equal(az.calls().length, 1);
		await askAll();
		assert.equal(az.calls().length, 2);
	});

	test("and a caller who leaves does so alone", async () => {
		az.answers({ stdout: token() });
		const credential = new AzureCliCredential();
		const controller = new AbortController();
		const leaving = credential.getToken(SCOPE, {
			abortSignal: controller.signal,
		});
		const staying = credential.getToken(SCOPE);
		controller.abort();
		assert.equal((await failureOf(leaving)).name, "AbortError");
		assert.ok(await staying);
		assert.equal(az.calls().length, 1);
	});

	test("and a warning beside a good answer does no harm", async () => {
		az.answers({ stdout: token(), stderr: "WARNING: a new version is there" });
		assert.ok(await new AzureCliCredential().getToken(SCOPE));
	});
});

test("a claims challenge starts nothing: the message has the command that a person runs", async () => {
	az.answers({ stdout: token() });
	const claims = '{"access_token":{"x":{"value":"é?>"}}}';
	const encoded = Buffer.from(claims).toString("base64");
	for (const [options, tenantId, tenant] of [
		[{}, undefined, ""],
		[{}, "fabrikam.test", " --tenant fabrikam.test"],
		[{ tenantId: TENANT }, undefined, ` --tenant ${TENANT}`],
	] as const) {
		const credential = new AzureCliCredential(options);
		const error = await failureOf(
			credential.getToken(SCOPE, { claims, ...(tenantId && { tenantId }) }),
		);
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "claims_challenge");
		const command = `az login${tenant} --scope ${SCOPE} --claims-challenge ${encoded}`;
		assert.ok(error.message.endsWith(command), error.message);
	}
	assert.deepEqual(az.calls(), []);
});
