import assert from "node:assert/strict";
import {
	AzureCliCredential,
	type AzureCliCredentialOptions,
	CredentialUnavailableError,
} from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { scriptedTool } from "./scripted-tool.ts";

const az = scriptedTool("az");
const SCOPE = "https://vault.azure.net/.default";
const ANSWER = '{"accessToken":"the-token","expires_on":1900000000}';

describe("What could change the command is refused before anything is started", () => {
	beforeEach(() => az.answers({ stdout: ANSWER }));
	afterEach(() => assert.deepEqual(az.calls(), []));

	test.each([
		...[
			"&",
			"|",
			"<",
			">",
			";",
			",",
			'"',
			"'",
			"`",
			"$",
			"\0",
			"\n",
			"é",
			"%",
		].map((character) => `https://vault.azure.net${character}/.default`),
		"-o",
		"--debug",
		"",
		" ",
	])("scope %j", async (scope) => {
		const error = await failureOf(new AzureCliCredential().getToken(scope));
		assert.match(error.message, /AzureCliCredential.*scopes/);
		assert.ok(!(error instanceof CredentialUnavailableError));
	});

	test.each([[[]], [["https://a/.default", "https://b/.default"]]])(
		"scopes %j",
		async (scopes) => {
			const error = await failureOf(new AzureCliCredential().getToken(scopes));
			assert.match(error.message, /scopes/);
		},
	);

	const TENANTS = [
		...["&", "|", "<", ">", ";", ",", '"', "'", "\0", " ", "/", "é"].map(
			(character) => `contoso${character}test`,
		),
		"-o",
		"..",
	];
	test.each(TENANTS)("tenant %j", async (tenantId) => {
		assert.throws(
			() => new AzureCliCredential({ tenantId }),
			/AzureCliCredential.*tenantId/,
		);
		const error = await failureOf(
			new AzureCliCredential().getToken(SCOPE, { tenantId }),
		);
		assert.match(error.message, /AzureCliCredential.*tenantId/);
	});

	test.each(["a;b", "a&b", "a|b", 'a"b', "$(id)", "-o", "", " ", "é", "a\nb"])(
		"subscription %j",
		(subscription) => {
			assert.throws(
				() => new AzureCliCredential({ subscription }),
				/AzureCliCredential.*subscription/,
			);
		},
	);

	test.each([0, -1, Number.NaN, "1s"])("a time limit of %j", (limit) => {
		const options = {
			processTimeoutInMs: limit,
		} as AzureCliCredentialOptions;
		assert.throws(
			() => new AzureCliCredential(options),
			/AzureCliCredential.*processTimeoutInMs/,
		);
	});
});

test("the caller's options stay as they are", async () => {
	az.answers({ stdout: ANSWER });
	const options = Object.freeze({ tenantId: "contoso.test" });
	await new AzureCliCredential(options).getToken(SCOPE);
	assert.deepEqual(options, { tenantId: "contoso.test" });
});
