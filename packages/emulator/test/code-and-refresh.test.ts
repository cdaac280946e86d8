import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import { askToken, payloadOf, startedEmulator } from "./authority-client.ts";
import { codeFor, signedIn } from "./sign-in.ts";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

let emulator: Emulator;
let tenant: string;
beforeAll(async () => {
	emulator = await startedEmulator();
	tenant = emulator.tenants.contoso.id;
});

describe("code and refresh", () => {
	test("a code is redeemed for all that was asked, without naming it again", async () => {
		const grant = await signedIn(emulator, { nonce: "the-nonce" });

		assert.equal(
			grant.scope,
			"https://storage.azure.com/user_impersonation https://storage.azure.com/.default openid profile",
		);
		const { alice } = emulator.users;
		const info = Buffer.from(grant.client_info, "base64url").toString();
		assert.deepEqual(JSON.parse(info), { uid: alice.id, utid: tenant });
		const access = payloadOf(grant.access_token);
		assert.equal(access.scp, "user_impersonation");
		assert.equal(access.upn, alice.username);
		assert.equal(access.oid, alice.id);
		assert.equal(access.appidacr, "0");
		const id = payloadOf(grant.id_token);
		assert.equal(id.aud, emulator.apps.native.clientId);
		assert.equal(id.iss, `${emulator.authorityHost}/${tenant}/v2.0`);
		assert.equal(id.nonce, "the-nonce");
		assert.equal(id.preferred_username, alice.username);
		assert.equal(id.oid, alice.id);
		for (const claim of ["nbf", "iat", "exp", "auth_time", "sub", "uti", "rh"])
			assert.ok(claim in id, claim);
		assert.notEqual(id.sub, access.sub);
	});

	test("named scopes come back as full names, and only those", async () => {
		const grant = await signedIn(emulator, {
			scope: "openid offline_access api://orders/Orders.Read",
		});

		assert.equal(grant.scope, "api://orders/Orders.Read openid");
		assert.equal(payloadOf(grant.access_token).scp, "Orders.Read");
	});

	test("without offline_access there is no refresh token, and without openid no id token", async () => {
		const grant = await signedIn(emulator, { scope: STORAGE });

		assert.equal(grant.refresh_token, undefined);
		assert.equal(grant.id_token, undefined);
	});

	test.each(["https://localhost:3001/cb", "http://localhost:3000/cb"])(
		"a confidential app redeems without a proof key, at any kind of address it has (%s)",
		async (address) => {
			const { web } = emulator.apps;
			const { code } = await codeFor(emulator, web, {
				redirect_uri: address,
				code_challenge: "",
				code_challenge_method: "",
			});

			const { status, text } = await askToken(emulator, tenant, {
				grant_type: "authorization_code",
				client_id: web.clientId,
				client_secret: web.secrets[0],
				code,
				redirect_uri: address,
			});

			assert.equal(status, 200, text);
		},
	);

	const refresh = (token: string, form: Record<string, string> = {}) =>
		askToken(emulator, tenant, {
			grant_type: "refresh_token",
			client_id: emulator.apps.native.clientId,
			refresh_token: token,
			scope: `${STORAGE} openid profile offline_access`,
			...form,
		});

	test("a refresh token works for another resource, and goes on working", async () => {
		const { refresh_token: token } = await signedIn(emulator);

		const other = await refresh(token, { scope: `${VAULT} offline_access` });
		const again = await refresh(token);

		assert.equal(other.status, 200, other.text);
		assert.equal(
			payloadOf(other.json.access_token).aud,
			"https://vault.azure.net",
		);
		assert.match(other.json.scope, /vault\.azure\.net\/\.default/);
		assert.notEqual(other.json.refresh_token, token);
		assert.equal(again.status, 200, again.text);
		assert.ok(payloadOf(again.json.id_token).auth_time);
	});

	test("a refresh token of the family works for the whole family", async () => {
		const { azureCli, azurePowerShell } = emulator.apps;
		const { alice } = emulator.users;
		const first = await askToken(emulator, tenant, {
			grant_type: "password",
			client_id: azureCli.clientId,
			username: alice.username,
			password: alice.password,
			scope: `${STORAGE} offline_access`,
		});
		assert.equal(first.json.foci, "1");

		const other = await refresh(first.json.refresh_token, {
			client_id: azurePowerShell.clientId,
		});

		assert.equal(other.status, 200, other.text);
		assert.equal(
			payloadOf(other.json.access_token).appid,
			azurePowerShell.clientId,
		);
	});
});
