import assert from "node:assert/strict";
import { inspect } from "node:util";
import { afterEach, describe, test, vi } from "vitest";
import {
	type EntraClientOptions,
	entraClient,
} from "../../src/entra/entra-client.ts";
import {
	CLIENT_ID,
	GRANTED,
	ScriptedService,
	tokenRequest,
} from "./scripted-service.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

const tokenUrlOf = async (options: EntraClientOptions, tenantId = "t") => {
	const service = new ScriptedService({ body: GRANTED });
	await service.requestToken({ tenantId }, options);
	return service.seen[0]?.url;
};

describe("the authority", () => {
	test("is the public cloud unless something else is named", async () => {
		assert.equal(
			await tokenUrlOf({}),
			"https://login.microsoftonline.com/t/oauth2/v2.0/token",
		);
	});

	test("is taken from the environment, and the option comes first", async () => {
		vi.stubEnv("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/");
		assert.equal(
			await tokenUrlOf({}),
			"https://login.microsoftonline.us/t/oauth2/v2.0/token",
		);
		assert.equal(
			await tokenUrlOf({ authorityHost: "" }),
			"https://login.microsoftonline.us/t/oauth2/v2.0/token",
		);
		assert.equal(
			await tokenUrlOf({ authorityHost: "https://login.microsoftonline.com" }),
			"https://login.microsoftonline.com/t/oauth2/v2.0/token",
		);
	});

	test("is asked by the name that its cloud prefers", async () => {
		for (const authorityHost of [
			"https://login.windows.net",
			"https://LOGIN.Microsoft.com/",
			"https://sts.windows.net:443//",
		])
			assert.equal(
				await tokenUrlOf({ authorityHost }),
				"https://login.microsoftonline.com/t/oauth2/v2.0/token",
			);
		assert.equal(
			await tokenUrlOf({ authorityHost: "https://login.chinacloudapi.cn" }),
			"https://login.partner.microsoftonline.cn/t/oauth2/v2.0/token",
		);
	});

	test("may have the tenant at its end already, which is not repeated", async () => {
		for (const end of ["contoso.com", "Contoso.com/"])
			assert.match(
				(await tokenUrlOf(
					{ authorityHost: `https://login.microsoftonline.com/${end}` },
					"contoso.com",
				)) ?? "",
				/^https:\/\/login\.microsoftonline\.com\/contoso\.com\/oauth2\/v2\.0\/token$/i,
			);
		// A host is no tenant, and a part of a name is no tenant either.
		assert.equal(
			await tokenUrlOf(
				{ authorityHost: "https://login.microsoftonline.com/xcontoso.com" },
				"contoso.com",
			),
			"https://login.microsoftonline.com/xcontoso.com/contoso.com/oauth2/v2.0/token",
		);
		assert.equal(
			await tokenUrlOf(
				{ authorityHost: "https://login.microsoftonline.com" },
				"login.microsoftonline.com",
			),
			"https://login.microsoftonline.com/login.microsoftonline.com/oauth2/v2.0/token",
		);
	});

	test("of a known cloud is never asked about, whatever the options", async () => {
		const service = new ScriptedService({ body: GRANTED });
		await service.requestToken({}, { disableInstanceDiscovery: true });
		assert.equal(service.seen.length, 1);
	});

	for (const [authorityHost, reason] of [
		["http://login.microsoftonline.com", /does not begin with https/],
		["ftp://login.microsoftonline.com", /does not begin with https/],
		["login.microsoftonline.com", /is not a URL/],
		["https://", /is not a URL/],
		["   ", /is not a URL/],
		[
			"https://user:planted@login.microsoftonline.com",
			/must not hold a user name or a password/,
		],
		["https://user@login.microsoftonline.com", /must not hold a user name/],
		["https://login.microsoftonline.com?x=planted", /must not have a query/],
		["https://login.microsoftonline.com/?", /must not have a query/],
		["https://login.microsoftonline.com/#planted", /must not have a fragment/],
		[42 as unknown as string, /is not a URL/],
	] as const) {
		test(`"${authorityHost}" is refused when the client is made, naming credential and option`, () => {
			assert.throws(
				() => entraClient("TestCredential", CLIENT_ID, { authorityHost }),
				(error: Error) => {
					assert.match(
						error.message,
						/^TestCredential: the option authorityHost /,
					);
					assert.match(error.message, reason);
					assert.equal(inspect(error).includes("planted"), false);
					return true;
				},
			);
		});
	}

	test("of the environment is refused by the name of the variable", () => {
		vi.stubEnv("AZURE_AUTHORITY_HOST", "login.microsoftonline.com");
		assert.throws(
			() => entraClient("TestCredential", CLIENT_ID),
			/^TypeError: TestCredential: authorityHost, taken from the environment variable AZURE_AUTHORITY_HOST, is not a URL/,
		);
	});
});

test("endpoints of a known cloud are those for codes and devices, too", async () => {
	const client = entraClient("C", CLIENT_ID);
	assert.deepEqual(await client.endpoints(tokenRequest({ tenantId: "T" })), {
		token: "https://login.microsoftonline.com/t/oauth2/v2.0/token",
		authorization: "https://login.microsoftonline.com/t/oauth2/v2.0/authorize",
		deviceAuthorization:
			"https://login.microsoftonline.com/t/oauth2/v2.0/devicecode",
	});
});
