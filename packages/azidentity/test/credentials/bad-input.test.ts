import assert from "node:assert/strict";
import { ClientSecretCredential, TokenCache } from "azidentity";
import { describe, test } from "vitest";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const TENANT = "contoso.test";

type Arguments = [string, string, string];
const nothing = undefined as unknown as string;

describe("A constructor argument that cannot be right is named, with its credential, before any request", () => {
	const cases: [string, Arguments, RegExp][] = [
		["no tenant", [nothing, "client", "secret"], /tenantId/],
		["an empty tenant", ["", "client", "secret"], /tenantId/],
		["a blank tenant", ["  ", "client", "secret"], /tenantId/],
		["no client", [TENANT, nothing, "secret"], /clientId/],
		["an empty client", [TENANT, "", "secret"], /clientId/],
		["no secret", [TENANT, "client", nothing], /clientSecret/],
		["an empty secret", [TENANT, "client", ""], /clientSecret/],
		["a tenant with a slash", ["a/b", "client", "secret"], /tenantId/],
		["a tenant of dots", ["..", "client", "secret"], /tenantId/],
		["a tenant with spaces", ["my tenant", "client", "secret"], /tenantId/],
		["a tenant with a query", ["a?b=c", "client", "secret"], /tenantId/],
	];
	test.each(cases)("%s", async (_, [tenant, client, secret], argument) => {
		assert.throws(
			() => new ClientSecretCredential(tenant, client, secret, entra.options),
			(error: Error) => {
				assert.match(error.message, /ClientSecretCredential/);
				assert.match(error.message, argument);
				assert.ok(!error.message.includes("secret."));
				return true;
			},
		);
		assert.deepEqual(await entra.emulator.requests(), []);
	});
});

describe("An authorityHost that cannot be right is refused by the constructor", () => {
	test.each([
		"http://login.microsoftonline.com",
		"login.microsoftonline.com",
		"https://user:hunter3@login.microsoftonline.com",
		"https://login.microsoftonline.com/?x=y",
		"https://login.microsoftonline.com/#x",
		"https://",
	])("%s", (authorityHost) => {
		assert.throws(
			() => new ClientSecretCredential(TENANT, "c", "s", { authorityHost }),
			(error: Error) => {
				assert.match(error.message, /ClientSecretCredential/);
				assert.match(error.message, /authorityHost/);
				assert.ok(!error.message.includes("hunter3"));
				return true;
			},
		);
	});
});

describe("An option that cannot be right is refused by the constructor", () => {
	test("a token cache that is none", () => {
		const tokenCache = new Map() as unknown as TokenCache;
		assert.throws(
			() => entra.daemon({ tokenCache }),
			/ClientSecretCredential.*tokenCache/,
		);
	});

	for (const list of ["*", "contoso.com", [7], { 0: "contoso.com" }])
		test(`a list of tenants that is none: ${JSON.stringify(list)}`, () => {
			const additionallyAllowedTenants = list as unknown as string[];
			assert.throws(
				() => entra.daemon({ additionallyAllowedTenants }),
				/ClientSecretCredential: the option additionallyAllowedTenants is not a list/,
			);
		});

	test.each([-1, Number.NaN, "many" as unknown as number])(
		"a cache with a limit of %s",
		(limit) => {
			assert.throws(() => new TokenCache({ maxBytes: limit }), /maxBytes/);
			assert.throws(
				() => new TokenCache({ maxPartitions: limit }),
				/maxPartitions/,
			);
		},
	);
});

describe("Scopes that cannot be right reject the call, and no request is made", () => {
	test.each([
		["none", nothing],
		["an empty text", ""],
		["a blank text", "  "],
		["an empty list", []],
		["a list of blanks", ["", " "]],
		["a number in the list", [1 as unknown as string]],
		["a line break", "https://vault.azure.net/.default\r\nx: y"],
		["a quote", 'https://vault.azure.net/".default'],
	] as [string, string | string[]][])("%s", async (_, scopes) => {
		await assert.rejects(entra.daemon().getToken(scopes), (error: Error) => {
			assert.match(error.message, /ClientSecretCredential/);
			assert.match(error.message, /scopes/);
			return true;
		});
		assert.deepEqual(await entra.emulator.requests(), []);
	});
});

describe("A call that cannot be right is refused, and no request is made", () => {
	test.each(["../evil?x=", "a b", "..", "a/b"])(
		"tenantId %s",
		async (tenantId) => {
			const credential = entra.daemon({ additionallyAllowedTenants: ["*"] });
			await assert.rejects(credential.getToken(VAULT, { tenantId }), {
				name: "CredentialUnavailableError",
				message: /ClientSecretCredential.*tenantId/,
			});
			assert.deepEqual(await entra.emulator.requests(), []);
		},
	);

	test.each(["common", "organizations", "consumers"])(
		"tenant %s, where an application cannot sign in",
		async (tenant) => {
			const credential = new ClientSecretCredential(
				tenant,
				"client",
				"secret",
				entra.options,
			);
			await assert.rejects(credential.getToken(VAULT), {
				name: "CredentialUnavailableError",
				message: /tenantId/,
			});
			assert.deepEqual(await entra.emulator.requests(), []);
		},
	);

	test.each(["[1]", "text", '"a"', "{"])("claims %s", async (claims) => {
		await assert.rejects(
			entra.daemon().getToken(VAULT, { claims }),
			/ClientSecretCredential.*claims/,
		);
		assert.deepEqual(await entra.emulator.requests(), []);
	});

	test("a token bound to a key, which needs a broker", async () => {
		const proofOfPossessionOptions = {
			nonce: "n",
			resourceRequestMethod: "GET" as const,
			resourceRequestUrl: "https://example.com",
		};
		await assert.rejects(
			entra.daemon().getToken(VAULT, { proofOfPossessionOptions }),
			/proofOfPossessionOptions/,
		);
	});
});
