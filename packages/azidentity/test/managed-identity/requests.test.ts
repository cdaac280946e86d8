import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
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

const RESOURCE = "https://vault.azure.net";
const RESOURCE_ID =
	"/subscriptions/s/resourceGroups/my group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/me";

/** What each host is sent for its own identity: method, parameters, headers, body. */
const PLAIN: [string, string, Record<string, string>, object, string][] = [
	[
		"IMDS",
		"GET",
		{ "api-version": "2018-02-01", resource: RESOURCE },
		{ metadata: "true" },
		"",
	],
	[
		"App Service",
		"GET",
		{ "api-version": "2019-08-01", resource: RESOURCE },
		{ "x-identity-header": "header", metadata: "true" },
		"",
	],
	[
		"Azure Machine Learning",
		"GET",
		{ "api-version": "2017-09-01", resource: RESOURCE },
		{ secret: "secret", metadata: "true" },
		"",
	],
	[
		"Cloud Shell",
		"POST",
		{},
		{
			metadata: "true",
			"content-type": "application/x-www-form-urlencoded",
		},
		"resource=https%3A%2F%2Fvault.azure.net",
	],
	[
		"Azure Arc",
		"GET",
		{ "api-version": "2020-06-01", resource: RESOURCE },
		{ metadata: "true" },
		"",
	],
];

describe("Without an id, a host is asked for the machine's own identity, in its own words", () => {
	test.each(PLAIN)("%s", async (name, method, query, headers, body) => {
		const host = await azureHost();
		environment(variablesAt(host.url)[name] ?? {});
		await host.credential().getToken(VAULT);
		const [seen] = host.seen;
		assert.equal(host.seen.length, 1);
		assert.equal(seen?.method, method);
		assert.deepEqual(seen?.query, query);
		assert.equal(seen?.body, body);
		for (const [header, value] of Object.entries(headers))
			assert.equal(seen?.headers[header], value, header);
		assert.match(`${seen?.headers["x-ms-client-request-id"]}`, /^[\w-]{36}$/);
		assert.equal(seen?.headers["x-client-sku"], "azidentity");
		assert.ok(!("authorization" in (seen?.headers ?? {})));
	});

	test("Azure Machine Learning names the identity that it was given by default", async () => {
		const host = await azureHost();
		environment({
			...variablesAt(host.url)["Azure Machine Learning"],
			DEFAULT_IDENTITY_CLIENT_ID: "the default",
		});
		await host.credential().getToken(VAULT);
		assert.equal(host.seen[0]?.query.clientid, "the default");
		await host.credential({ clientId: CLIENT_ID }).getToken(VAULT);
		assert.equal(host.seen[1]?.query.clientid, CLIENT_ID);
	});
});

describe("A user-assigned identity is named in the host's spelling, and in no other", () => {
	test.each([
		["IMDS", "clientId", "client_id"],
		["IMDS", "objectId", "object_id"],
		["IMDS", "resourceId", "msi_res_id"],
		["App Service", "clientId", "client_id"],
		["App Service", "objectId", "object_id"],
		["App Service", "resourceId", "mi_res_id"],
		["Azure Arc", "clientId", "client_id"],
		["Azure Arc", "objectId", "object_id"],
		["Azure Arc", "resourceId", "msi_res_id"],
		["Azure Machine Learning", "clientId", "clientid"],
	])("%s: %s", async (name, kind, parameter) => {
		const host = await azureHost();
		environment(variablesAt(host.url)[name] ?? {});
		// The echo is what Azure Arc has to answer with; others may.
		host.answers(host.token({ [parameter]: RESOURCE_ID }));
		await host.credential({ [kind]: RESOURCE_ID }).getToken(VAULT);
		const {
			"api-version": version,
			resource,
			...others
		} = host.seen[0]?.query ?? {};
		assert.ok(version && resource);
		assert.deepEqual(others, { [parameter]: RESOURCE_ID });
		assert.ok(host.seen[0]?.search.includes("my%20group"));
	});

	test("given by position, too", async () => {
		const host = await imdsHost();
		const { ManagedIdentityCredential } = await import("azidentity");
		await new ManagedIdentityCredential(CLIENT_ID).getToken(VAULT);
		assert.equal(host.seen[0]?.query.client_id, CLIENT_ID);
	});
});

describe("The address is the host's own", () => {
	test("with a query of its own, the parameters come behind it", async () => {
		const host = await azureHost();
		environment({
			IDENTITY_ENDPOINT: `${host.url}/msi?site=a%20b`,
			IDENTITY_HEADER: "header",
		});
		await host.credential().getToken(VAULT);
		assert.ok(host.seen[0]?.search.startsWith("?site=a%20b&api-version="));
		assert.equal(host.seen[0]?.query.resource, RESOURCE);
	});

	test.each([
		["/", "/metadata"],
		["//", "/metadata"],
		["/Base/Path", "/Base/Path/metadata"],
		["/Base/Path//", "/Base/Path/metadata"],
	])(
		"a place of IMDS ending in %s keeps its path and its case, and loses its slashes",
		async (end, start) => {
			const host = await azureHost();
			environment({ AZURE_POD_IDENTITY_AUTHORITY_HOST: host.url + end });
			await host.credential().getToken(VAULT);
			assert.equal(host.seen[0]?.path, `${start}/identity/oauth2/token`);
		},
	);

	test("localhost means IPv4 for the agent of Azure Arc, and only as a host's whole name", async () => {
		const host = await azureHost();
		const { port } = new URL(host.url);
		environment({
			IDENTITY_ENDPOINT: `http://localhost:${port}/localhost`,
			IMDS_ENDPOINT: "http://localhost",
		});
		await host.credential().getToken(VAULT);
		assert.equal(host.seen[0]?.headers.host, `127.0.0.1:${port}`);
		assert.equal(host.seen[0]?.path, "/localhost");
	});

	test("the authority host has no part in it, whatever it is", async () => {
		const host = await imdsHost();
		const authorityHost = "http://not even https";
		await host.credential({ authorityHost }).getToken(VAULT);
		assert.equal(host.seen.length, 1);
	});
});

describe("Scopes are for one resource", () => {
	test.each([
		["https://vault.azure.net/.default", "https://vault.azure.net"],
		["https://vault.azure.net", "https://vault.azure.net"],
		["https://database.windows.net//.default", "https://database.windows.net/"],
		["https://vault.azure.net/Xdefault", "https://vault.azure.net/Xdefault"],
		[" https://vault.azure.net/.default ", "https://vault.azure.net"],
		["api://a&resource=b/.default", "api://a&resource=b"],
	])("%s is for %s", async (scope, resource) => {
		const host = await imdsHost();
		const scopes = Object.freeze([scope]) as string[];
		await host.credential().getToken(scopes);
		assert.equal(host.seen[0]?.query.resource, resource);
	});

	test("in any spelling, they are answered by one request", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		for (const scopes of [VAULT, [VAULT], RESOURCE, RESOURCE.toUpperCase()])
			await credential.getToken(scopes);
		assert.equal(host.seen.length, 1);
	});

	test.each([
		["none", []],
		["an empty text", ""],
		["an empty entry", [""]],
		["two", [VAULT, "https://storage.azure.com/.default"]],
		["two in one text", `${VAULT} https://storage.azure.com/.default`],
		["nothing but the suffix", "/.default"],
		["a line break", "https://vault.azure.net\r\nMetadata: false"],
	] as [string, string | string[]][])(
		"%s is an error that mentions scopes, and no request",
		async (_, scopes) => {
			const host = await imdsHost();
			const error = await failureOf(host.credential().getToken(scopes));
			assert.match(error.message, /ManagedIdentityCredential.*scope/);
			assert.deepEqual(host.seen, []);
		},
	);
});
