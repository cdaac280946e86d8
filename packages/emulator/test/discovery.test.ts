import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	ask,
	askToken,
	payloadOf,
	startedEmulator,
} from "./authority-client.ts";

let emulator: Emulator;
let contoso: string;
beforeAll(async () => {
	emulator = await startedEmulator();
	contoso = emulator.tenants.contoso.id;
});

describe("the OpenID configuration", () => {
	const configuration = async (tenant: string, host?: string) =>
		(
			await ask(emulator, `/${tenant}/v2.0/.well-known/openid-configuration`, {
				headers: host === undefined ? {} : { host },
			})
		).json;

	test.each([
		"contoso.test",
		"CONTOSO.TEST",
		"aaaa1111-0000-4000-8000-000000000001",
	])("of %s names the tenant by its id", async (name) => {
		const json = await configuration(name);

		const root = `${emulator.authorityHost}/${contoso}`;
		assert.equal(json.issuer, `${root}/v2.0`);
		assert.equal(json.token_endpoint, `${root}/oauth2/v2.0/token`);
		assert.equal(json.jwks_uri, `${root}/discovery/v2.0/keys`);
		assert.equal(
			json.device_authorization_endpoint,
			`${root}/oauth2/v2.0/devicecode`,
		);
	});

	test.each(["common", "organizations"])(
		"of %s keeps the alias, and leaves the tenant of the issuer open",
		async (alias) => {
			const json = await configuration(alias);

			assert.equal(json.issuer, `${emulator.authorityHost}/{tenantid}/v2.0`);
			assert.equal(
				json.authorization_endpoint,
				`${emulator.authorityHost}/${alias}/oauth2/v2.0/authorize`,
			);
		},
	);

	test("under a real host name speaks of that host, as the clients who use it check", async () => {
		for (const host of ["login.microsoftonline.com", "sts.windows.net:443"]) {
			const json = await configuration("contoso.test", host);

			assert.equal(
				json.issuer,
				`https://login.microsoftonline.com/${contoso}/v2.0`,
			);
		}
	});

	test("under a number of this machine speaks of that number", async () => {
		const { port } = new URL(emulator.authorityHost);
		const json = await configuration("contoso.test", `127.0.0.1:${port}`);

		assert.equal(json.issuer, `https://127.0.0.1:${port}/${contoso}/v2.0`);
	});

	test("and id tokens name the same issuer under each of its names", async () => {
		const { alice } = emulator.users;
		const issuers = [];
		for (const host of [
			new URL(emulator.authorityHost).host,
			"login.microsoftonline.com",
		]) {
			const { json } = await ask(emulator, "/contoso.test/oauth2/v2.0/token", {
				headers: { host },
				form: {
					grant_type: "password",
					client_id: emulator.apps.native.clientId,
					username: alice.username,
					password: alice.password,
					scope: "openid",
				},
			});
			const { issuer } = await configuration("contoso.test", host);
			assert.equal(payloadOf(json.id_token).iss, issuer);
			issuers.push(issuer);
		}

		assert.equal(new Set(issuers).size, 2);
	});

	test("of an unknown tenant is refused", async () => {
		const { status, json } = await ask(
			emulator,
			"/nowhere.test/v2.0/.well-known/openid-configuration",
		);

		assert.equal(status, 400);
		assert.deepEqual(json.error_codes, [90002]);
	});
});

describe("instance discovery", () => {
	const discover = (endpoint: string) =>
		ask(
			emulator,
			`/common/discovery/instance?${new URLSearchParams({ "api-version": "1.1", authorization_endpoint: endpoint })}`,
		);

	test("knows its own host with the port, and leads to the tenant's configuration", async () => {
		const { host } = new URL(emulator.authorityHost);
		const { json } = await discover(
			`${emulator.authorityHost}/${contoso}/oauth2/v2.0/authorize`,
		);

		assert.equal(
			json.tenant_discovery_endpoint,
			`${emulator.authorityHost}/${contoso}/v2.0/.well-known/openid-configuration`,
		);
		assert.deepEqual(json.metadata[0], {
			preferred_network: host,
			preferred_cache: host,
			aliases: [host],
		});
	});

	test("knows its host without the port too, for clients that leave it out", async () => {
		const { json } = await discover(`https://localhost/${contoso}/authorize`);

		assert.ok(json.metadata[0].aliases.includes("localhost"));
	});

	test("knows the public cloud's aliases", async () => {
		const { json } = await discover(
			"https://login.windows.net/common/authorize",
		);

		const row = json.metadata.find((one: { aliases: string[] }) =>
			one.aliases.includes("login.windows.net"),
		);
		assert.equal(row.preferred_network, "login.microsoftonline.com");
		assert.equal(row.preferred_cache, "login.windows.net");
		assert.match(
			json.tenant_discovery_endpoint,
			/^https:\/\/login\.microsoftonline\.com\/common\//,
		);
	});

	test("refuses a host it does not know", async () => {
		const { status, json } = await discover("https://evil.example/x/authorize");

		assert.equal(status, 400);
		assert.equal(json.error, "invalid_instance");
		assert.deepEqual(json.error_codes, [50049]);
	});
});

describe("the user realm", () => {
	test.each([
		["/common/UserRealm/alice@contoso.test", "Managed"],
		["/common/userrealm/alice%40contoso.test", "Managed"],
		["/common/userrealm/somebody@nowhere.test", "Unknown"],
	])("%s is %s", async (path, kind) => {
		const { json } = await ask(emulator, `${path}?api-version=1.0`);

		assert.equal(json.account_type, kind);
		assert.equal(json.domain_name, path.split(/@|%40/)[1]);
	});
});

describe("the lists of Azure Resource Manager", () => {
	const list = async (path: string, tenant = contoso) => {
		const { json } = await askToken(emulator, tenant, {
			grant_type: "client_credentials",
			client_id: emulator.apps.daemon.clientId,
			client_secret: emulator.apps.daemon.secrets[0],
			scope: "https://management.azure.com/.default",
		});
		return ask(emulator, `${path}?api-version=2022-12-01`, {
			headers: { authorization: `Bearer ${json.access_token}` },
		});
	};

	test("name the tenant and the subscription of the token", async () => {
		const tenants = await list("/tenants");
		const subscriptions = await list("/subscriptions", "fabrikam.test");

		assert.deepEqual(
			tenants.json.value.map((one: { tenantId: string }) => one.tenantId),
			[contoso],
		);
		assert.equal(
			subscriptions.json.value[0].tenantId,
			emulator.tenants.fabrikam.id,
		);
	});

	test("are refused without a token", async () => {
		for (const authorization of ["", "Bearer no.such.token"]) {
			const { status } = await ask(emulator, "/subscriptions", {
				headers: { authorization },
			});
			assert.equal(status, 401);
		}
	});
});
