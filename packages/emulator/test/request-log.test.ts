import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, beforeEach, describe, test } from "vitest";
import { type LoggedRequest, requestLog } from "../src/edge/request-log.ts";
import { assertionForm, signedAssertion } from "./app-assertion.ts";
import { ask, askToken, startedEmulator } from "./authority-client.ts";
import { signedIn } from "./sign-in.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});
beforeEach(() => emulator.clearRequests());

describe("the request log", () => {
	test("tells who asked for what, and how it ended", async () => {
		const { clientId, secrets } = emulator.apps.daemon;
		await ask(emulator, "/contoso.test/oauth2/v2.0/token", {
			form: {
				grant_type: "client_credentials",
				client_id: clientId,
				client_secret: secrets[0],
				scope: "https://storage.azure.com/.default",
				claims: "{}",
			},
			headers: {
				"x-client-sku": "our.client",
				"x-client-ver": "1.2.3",
				"client-request-id": "11111111-2222-4333-8444-555555555555",
			},
		});

		const [entry, ...rest] = await emulator.requests();
		assert.deepEqual(rest, []);
		const { time, ...told } = entry ?? assert.fail("nothing was logged");
		assert.ok(Math.abs(time - Date.now()) < 60_000);
		assert.deepEqual(told, {
			server: "authority",
			method: "POST",
			host: new URL(emulator.authorityHost).host,
			path: "/contoso.test/oauth2/v2.0/token",
			status: 200,
			client: "our.client 1.2.3",
			correlationId: "11111111-2222-4333-8444-555555555555",
			grantType: "client_credentials",
			clientId,
			scope: "https://storage.azure.com/.default",
			claims: true,
		});
	});

	test("knows the client that names itself in the form, as MSAL JS does", async () => {
		await askToken(emulator, "contoso.test", {
			"x-client-SKU": "msal.js.node",
			"x-client-VER": "5.0.0",
			"client-request-id": "the-id",
		});

		const [entry] = await emulator.requests();
		assert.equal(entry?.client, "msal.js.node 5.0.0");
		assert.equal(entry?.correlationId, "the-id");
		assert.equal(entry?.errorCode, 900144);
	});

	test("is emptied on demand", async () => {
		await ask(emulator, "/common/userrealm/a@b.c");
		await emulator.clearRequests();

		assert.deepEqual(await emulator.requests(), []);
	});

	test("never holds a secret, a password, a code, an assertion or a token", async () => {
		const assertion = await signedAssertion(emulator);
		const tokens = await signedIn(emulator);
		await askToken(
			emulator,
			emulator.tenants.contoso.id,
			assertionForm(emulator, assertion),
		);
		await askToken(emulator, "contoso.test", {
			grant_type: "password",
			client_id: emulator.apps.api.clientId,
			client_secret: emulator.apps.api.secrets[0],
			username: emulator.users.alice.username,
			password: emulator.users.alice.password,
			scope: "openid",
		});
		await askToken(emulator, "contoso.test", {
			grant_type: "refresh_token",
			client_id: emulator.apps.native.clientId,
			refresh_token: tokens.refresh_token,
		});
		await ask(emulator, emulator.demoApiUrl, {
			headers: { authorization: `Bearer ${tokens.access_token}` },
		});

		const log = inspect(await emulator.requests(), { maxArrayLength: null });
		const secrets = [
			assertion,
			assertion.split(".")[2],
			emulator.apps.api.secrets[0],
			emulator.users.alice.password,
			tokens.refresh_token,
			tokens.access_token,
			tokens.access_token.split(".")[2],
			"code=",
		];
		for (const secret of secrets) assert.ok(!log.includes(String(secret)));
	});

	test("keeps the newest of very many", () => {
		const log = requestLog(3);
		for (let time = 0; time < 100; time++)
			log.add({ time, server: "authority", method: "GET", path: "/" });

		assert.deepEqual(
			log.entries().map(({ time }: LoggedRequest) => time),
			[97, 98, 99],
		);
	});
});
