import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import { askToken, payloadOf, startedEmulator } from "./authority-client.ts";

const STORAGE = "https://storage.azure.com/.default";

let emulator: Emulator;
let tenant: string;
beforeAll(async () => {
	emulator = await startedEmulator();
	tenant = emulator.tenants.contoso.id;
});

describe("password and on behalf of", () => {
	const askPassword = (scope: string, name = emulator.users.alice.username) =>
		askToken(emulator, "organizations", {
			grant_type: "password",
			client_id: emulator.apps.native.clientId,
			username: name,
			password: emulator.users.alice.password,
			scope,
			client_info: "1",
		});

	test("a password buys tokens in the tenant of the user's domain", async () => {
		const { json } = await askPassword(
			`${STORAGE} openid profile offline_access`,
		);

		assert.equal(payloadOf(json.access_token).tid, tenant);
		assert.equal(
			payloadOf(json.id_token).preferred_username,
			emulator.users.alice.username,
		);
		assert.ok(json.refresh_token);
		assert.ok(json.client_info);
	});

	test("a user's name is known in any case", async () => {
		const { status } = await askPassword(STORAGE, "ALICE@Contoso.Test");

		assert.equal(status, 200);
	});

	test("an API exchanges its caller's token for one in the caller's name", async () => {
		const { api } = emulator.apps;
		const callers = await askPassword("api://orders/access_as_user");

		const { status, text, json } = await askToken(emulator, tenant, {
			grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
			client_id: api.clientId,
			client_secret: api.secrets[0],
			assertion: callers.json.access_token,
			requested_token_use: "on_behalf_of",
			scope: `${STORAGE} openid profile offline_access`,
			client_info: "1",
		});

		assert.equal(status, 200, text);
		const claims = payloadOf(json.access_token);
		assert.equal(claims.oid, emulator.users.alice.id);
		assert.equal(claims.appid, api.clientId);
		assert.ok(json.refresh_token);
		assert.ok(json.client_info);
	});
});
