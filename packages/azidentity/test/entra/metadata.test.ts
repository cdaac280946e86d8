import assert from "node:assert/strict";
import { describe, test } from "vitest";
import type { EntraClientOptions } from "../../src/entra/entra-client.ts";
import { AuthenticationError } from "../../src/errors.ts";
import {
	failureOf,
	GRANTED,
	ScriptedService,
	tokenRequest,
} from "./scripted-service.ts";
import { ask, clientOf, HOST, METADATA, urls } from "./unknown-host.ts";

/** What becomes of a request when the host describes itself like this. */
async function withMetadata(
	metadata: object | string,
	options: EntraClientOptions & { tenantId?: string } = {},
) {
	const { tenantId = "t", ...rest } = options;
	const service = new ScriptedService({ body: metadata }, { body: GRANTED });
	const outcome = ask(
		clientOf(service, { disableInstanceDiscovery: true, ...rest }),
		{ tenantId },
	);
	return { service, outcome };
}

describe("metadata", () => {
	for (const issuer of [
		`https://${HOST}/{tenantid}/v2.0`,
		"https://sts.windows.net/x/",
		"https://westus2.login.microsoft.com/x/v2.0",
	]) {
		test(`may name the issuer ${issuer}`, async () => {
			const { outcome } = await withMetadata({ ...METADATA, issuer });
			await outcome;
		});
	}

	for (const [what, change] of [
		["another issuer", { issuer: "https://evil.test/x" }],
		["an issuer over http", { issuer: `http://${HOST}/x` }],
		[
			"an issuer that ends like a cloud",
			{ issuer: "https://evil-login.microsoftonline.com/x" },
		],
		[
			"an issuer on two labels before a cloud",
			{ issuer: "https://a.b.login.microsoftonline.com/x" },
		],
		["an issuer on another port", { issuer: `https://${HOST}:8443/x` }],
		["no issuer", { issuer: undefined }],
		[
			"a token endpoint elsewhere",
			{ token_endpoint: "https://evil.test/token" },
		],
		["a token endpoint over http", { token_endpoint: `http://${HOST}/token` }],
		[
			"a token endpoint on another port",
			{ token_endpoint: `https://${HOST}:8443/token` },
		],
		["no token endpoint", { token_endpoint: undefined }],
		[
			"an authorization endpoint elsewhere",
			{ authorization_endpoint: "https://evil.test/a" },
		],
		[
			"a device endpoint elsewhere",
			{ device_authorization_endpoint: "https://evil.test/d" },
		],
	] as const) {
		test(`with ${what} is refused before any secret is sent`, async () => {
			const { outcome, service } = await withMetadata({
				...METADATA,
				...change,
			});
			const failure = await failureOf(outcome);
			assert.ok(failure instanceof AuthenticationError);
			assert.equal(failure.errorResponse.error, "invalid_metadata");
			assert.match(
				failure.message,
				/^TestCredential: the metadata of the authority login\.contoso\.test cannot be used: \S+ /,
			);
			assert.equal(service.seen.length, 1);
		});
	}

	test("that is no document is refused", async () => {
		const { outcome } = await withMetadata("<html>");
		assert.match((await failureOf(outcome)).message, /it is no JSON document/);
	});

	test("without a device endpoint leaves it to the last part of the token endpoint's path", async () => {
		for (const [token_endpoint, expected] of [
			[
				`https://${HOST}/token/oauth2/v2.0/token`,
				`https://${HOST}/token/oauth2/v2.0/devicecode`,
			],
			[`https://${HOST}/token/`, `https://${HOST}/devicecode/`],
		] as const) {
			const service = new ScriptedService({
				body: {
					...METADATA,
					token_endpoint,
					device_authorization_endpoint: undefined,
				},
			});
			const client = clientOf(service, { disableInstanceDiscovery: true });
			const { deviceAuthorization } = await client.endpoints(tokenRequest());
			assert.equal(deviceAuthorization, expected);
		}
	});

	test("of ADFS lies beside its tenant, needs nobody's word, and keeps the slash at the end", async () => {
		const adfs = {
			issuer: `https://${HOST}/adfs`,
			authorization_endpoint: `https://${HOST}/adfs/oauth2/authorize/`,
			token_endpoint: `https://${HOST}/adfs/oauth2/token/`,
		};
		const { outcome, service } = await withMetadata(adfs, {
			disableInstanceDiscovery: false,
			tenantId: "adfs",
		});
		await outcome;
		assert.deepEqual(urls(service), [
			`https://${HOST}/adfs/.well-known/openid-configuration`,
			`https://${HOST}/adfs/oauth2/token/`,
		]);
	});

	test("of ADFS tells the proof that it is ADFS, which reads other assertions", async () => {
		const token_endpoint = `https://${HOST}/adfs/oauth2/token/`;
		const service = new ScriptedService(
			{ body: { ...METADATA, token_endpoint } },
			{ body: GRANTED },
		);
		const asked: object[] = [];
		await clientOf(service).requestToken(
			tokenRequest({ tenantId: "ADFS" }),
			{ grant_type: "client_credentials" },
			async ({ isAdfs, tokenEndpoint }) => {
				asked.push({ isAdfs, tokenEndpoint });
				return {};
			},
		);
		assert.deepEqual(asked, [{ isAdfs: true, tokenEndpoint: token_endpoint }]);
	});

	test("of External ID needs nobody's word, and may name the tenant's own host as issuer", async () => {
		const host = "contoso.ciamlogin.com";
		const guid = "11111111-1111-1111-1111-111111111111";
		const ciam = JSON.parse(JSON.stringify(METADATA).replaceAll(HOST, host));
		const issuer = `https://${guid}.ciamlogin.com/${guid}/v2.0`;
		const { outcome, service } = await withMetadata(
			{ ...ciam, issuer },
			{ disableInstanceDiscovery: false, authorityHost: `https://${host}` },
		);
		await outcome;
		assert.equal(service.seen.length, 2);
		const stranger = await withMetadata(
			{ ...ciam, issuer: `https://${guid}.ciamlogin.com/somebody-else/v2.0` },
			{ authorityHost: `https://${host}` },
		);
		assert.match(
			(await failureOf(stranger.outcome)).message,
			/its issuer is not the authority/,
		);
	});
});
