import assert from "node:assert/strict";
import { CredentialUnavailableError } from "azidentity";
import { describe, test } from "vitest";
import type { ManagedIdentityOptions } from "../../src/credentials/managed-identity-credential.ts";
import {
	azureHost,
	environment,
	imdsHost,
	managedIdentityTests,
	THUMBPRINT,
	type Variables,
	variablesAt,
} from "./azure-host.ts";

managedIdentityTests();

describe("An identity that cannot be asked for is refused by the constructor", () => {
	const ids = { clientId: "a", objectId: "b", resourceId: "c" };
	test.each([
		["clientId", "objectId"],
		["clientId", "resourceId"],
		["objectId", "resourceId"],
	] as const)("%s with %s", async (one, other) => {
		const host = await imdsHost();
		const options = { [one]: ids[one], [other]: ids[other] };
		assert.throws(() => host.credential(options), {
			message: /only one of.*clientId.*resourceId.*objectId/,
		});
	});

	test("a client id by position with another in the options", async () => {
		const { ManagedIdentityCredential } = await import("azidentity");
		const options = { objectId: "b" } as object;
		assert.throws(
			() => new ManagedIdentityCredential("a", options),
			/only one of/,
		);
	});

	test.each([
		[{ clientId: "" }, /clientId is empty/],
		[{ clientId: "  " }, /clientId is empty/],
		[{ objectId: "" }, /objectId is empty/],
		[{ resourceId: "" }, /resourceId is empty/],
		[{ clientId: 7 as unknown as string }, /clientId must be a string/],
	] satisfies [ManagedIdentityOptions, RegExp][])(
		"%j",
		async (options, message) => {
			const host = await imdsHost();
			assert.throws(() => host.credential(options), message);
		},
	);

	test.each(["clientId", "objectId", "resourceId"] as const)(
		"%s on Cloud Shell and on Service Fabric",
		async (kind) => {
			const host = await azureHost();
			const hosts = variablesAt(host.url);
			environment(hosts["Cloud Shell"] ?? {});
			assert.throws(
				() => host.credential({ [kind]: "id" }),
				CredentialUnavailableError,
			);
			environment({ ...hosts["App Service"], ...THUMBPRINT });
			assert.throws(
				() => host.credential({ [kind]: "id" }),
				CredentialUnavailableError,
			);
		},
	);

	test("all but a client id on Azure Machine Learning", async () => {
		const host = await azureHost();
		environment(variablesAt(host.url)["Azure Machine Learning"] ?? {});
		assert.ok(host.credential({ clientId: "id" }));
		for (const kind of ["objectId", "resourceId"])
			assert.throws(
				() => host.credential({ [kind]: "id" }),
				CredentialUnavailableError,
			);
	});
});

describe("An address that cannot be a host's is refused by the constructor, which names the variable and shows no password", () => {
	const endpoint = (value: string): Variables => ({
		IDENTITY_ENDPOINT: value,
		IDENTITY_HEADER: "header",
	});
	test.each([
		["IDENTITY_ENDPOINT", endpoint("no address")],
		["IDENTITY_ENDPOINT", endpoint("file:///etc/passwd")],
		["IDENTITY_ENDPOINT", endpoint("http://user:hunter3@127.0.0.1/")],
		["IDENTITY_ENDPOINT", endpoint("http://127.0.0.1/#hunter3")],
		["MSI_ENDPOINT", { MSI_ENDPOINT: "::" }],
		["MSI_ENDPOINT", { MSI_ENDPOINT: "ftp://h/", MSI_SECRET: "hunter3" }],
		[
			"IDENTITY_ENDPOINT",
			{ IDENTITY_ENDPOINT: "hunter3", IMDS_ENDPOINT: "http://h" },
		],
		[
			"AZURE_POD_IDENTITY_AUTHORITY_HOST",
			{ AZURE_POD_IDENTITY_AUTHORITY_HOST: "no address" },
		],
		[
			"AZURE_POD_IDENTITY_AUTHORITY_HOST",
			{ AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://h?hunter3" },
		],
	] as [string, Variables][])("%s %j", async (name, variables) => {
		const host = await azureHost();
		environment(variables);
		assert.throws(
			() => host.credential(),
			(error: Error) => {
				assert.ok(error instanceof CredentialUnavailableError);
				assert.ok(error.message.includes(name));
				assert.ok(!error.message.includes("hunter3"));
				return true;
			},
		);
	});
});
