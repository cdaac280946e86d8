import assert from "node:assert/strict";
import { afterEach, describe, test, vi } from "vitest";
import { secretProof } from "../../src/entra/client-proof.ts";
import {
	applicationClient,
	type EntraClientOptions,
	entraClient,
} from "../../src/entra/entra-client.ts";
import {
	CLIENT_ID,
	GRANTED,
	ScriptedService,
	SECRET,
	tokenRequest,
} from "./scripted-service.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

/** Where an application's requests go when its region is named like this. */
async function urlsIn(
	region: string,
	options: EntraClientOptions = {},
	{ tenantId = "t", scripts = [{ body: GRANTED }] as object[] } = {},
): Promise<string[]> {
	vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", region);
	const service = new ScriptedService(...scripts);
	const client = applicationClient("C", CLIENT_ID, service.options(options));
	await client.requestToken(
		tokenRequest({ tenantId }),
		{ grant_type: "client_credentials" },
		secretProof(SECRET),
	);
	return service.seen.map(({ url }) => url);
}

const make = (region: string) => {
	vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", region);
	return applicationClient("TestCredential", CLIENT_ID);
};

describe("a region that the environment names", () => {
	for (const [host, region, expected] of [
		[
			"https://login.microsoftonline.com",
			"westus2",
			"https://westus2.login.microsoft.com/t/oauth2/v2.0/token",
		],
		[
			"https://login.windows.net",
			" WestUS2 ",
			"https://westus2.login.microsoft.com/t/oauth2/v2.0/token",
		],
		[
			"https://sts.windows.net/",
			"a",
			"https://a.login.microsoft.com/t/oauth2/v2.0/token",
		],
		[
			"https://login.chinacloudapi.cn",
			"chinaeast2",
			"https://chinaeast2.login.partner.microsoftonline.cn/t/oauth2/v2.0/token",
		],
		[
			"https://login.microsoftonline.us",
			"usgovvirginia",
			"https://usgovvirginia.login.microsoftonline.us/t/oauth2/v2.0/token",
		],
		[
			"https://login.contoso.test:8443/base",
			"home-1",
			"https://home-1.login.contoso.test:8443/base/t/oauth2/v2.0/token",
		],
	] as const) {
		test(`${region.trim()} is asked before ${new URL(host).host}, and nobody is asked about it`, async () => {
			assert.deepEqual(await urlsIn(region, { authorityHost: host }), [
				expected,
			]);
		});
	}

	for (const region of [
		"evil.example/",
		"evil.example",
		"west us",
		"-westus",
		"westus-",
		"2westus",
		"west_us",
		"westus@evil",
		"westus:443",
		"westüs",
		"a".repeat(64),
	]) {
		test(`and cannot be one, "${region}", is refused when the credential is made, without showing it`, () => {
			assert.throws(
				() => make(region),
				(error: Error) => {
					assert.equal(error.name, "CredentialUnavailableError");
					assert.equal(
						error.message,
						'TestCredential: the environment variable AZURE_REGIONAL_AUTHORITY_NAME does not name a region. Set it to one such as "westeurope", or to "AutoDiscoverRegion".',
					);
					return true;
				},
			);
		});
	}

	test("may have 63 characters", async () => {
		const region = `a${"1".repeat(61)}z`;
		const [url = ""] = await urlsIn(region);
		assert.equal(new URL(url).host, `${region}.login.microsoft.com`);
	});

	test("is read when the credential is made, and once", async () => {
		const service = new ScriptedService({ body: GRANTED });
		vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", "westus");
		const client = applicationClient("C", CLIENT_ID, service.options());
		vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", "eastus");
		const { token } = await client.endpoints(tokenRequest({ tenantId: "t" }));
		assert.equal(
			token,
			"https://westus.login.microsoft.com/t/oauth2/v2.0/token",
		);
	});

	test("may be the one for MSAL libraries, unless ours says something, if only not to", async () => {
		vi.stubEnv("MSAL_FORCE_REGION", "eastus");
		const hosts = [];
		for (const region of ["", "westus", "DisableMsalForceRegion"]) {
			const [url = ""] = await urlsIn(region);
			hosts.push(new URL(url).host);
		}
		assert.deepEqual(hosts, [
			"eastus.login.microsoft.com",
			"westus.login.microsoft.com",
			"login.microsoftonline.com",
		]);
	});

	test("means nothing to a server of one's own: ADFS, an address, an External ID tenant", async () => {
		const host = "login.contoso.test";
		const adfs = {
			issuer: `https://${host}/adfs`,
			authorization_endpoint: `https://${host}/adfs/oauth2/authorize/`,
			token_endpoint: `https://${host}/adfs/oauth2/token/`,
		};
		assert.deepEqual(
			await urlsIn(
				"westus",
				{ authorityHost: `https://${host}` },
				{ tenantId: "adfs", scripts: [{ body: adfs }, { body: GRANTED }] },
			),
			[
				`https://${host}/adfs/.well-known/openid-configuration`,
				`https://${host}/adfs/oauth2/token/`,
			],
		);
		for (const own of ["127.0.0.1:8443", "[::1]", "contoso.ciamlogin.com"]) {
			const base = `https://${own}/t`;
			const metadata = {
				issuer: `${base}/v2.0`,
				authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
				token_endpoint: `${base}/oauth2/v2.0/token`,
			};
			assert.deepEqual(
				await urlsIn(
					"westus",
					{ authorityHost: `https://${own}`, disableInstanceDiscovery: true },
					{ scripts: [{ body: metadata }, { body: GRANTED }] },
				),
				[
					`${base}/v2.0/.well-known/openid-configuration`,
					`${base}/oauth2/v2.0/token`,
				],
			);
		}
	});

	test("does not change under which name tokens are remembered", () => {
		assert.equal(make("westus2").environment, "login.windows.net");
	});

	test("means nothing to a client that signs people in", async () => {
		vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", "evil.example/");
		const service = new ScriptedService({ body: GRANTED });
		const client = entraClient("C", CLIENT_ID, service.options());
		const { token } = await client.endpoints(tokenRequest({ tenantId: "t" }));
		assert.equal(new URL(token).host, "login.microsoftonline.com");
	});
});
