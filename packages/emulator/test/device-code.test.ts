import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	ask,
	askToken,
	payloadOf,
	startedEmulator,
} from "./authority-client.ts";

const STORAGE = "https://storage.azure.com/.default";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

describe("device code", () => {
	const start = async () => {
		const { json } = await ask(
			emulator,
			"/organizations/oauth2/v2.0/devicecode",
			{
				form: {
					client_id: emulator.apps.native.clientId,
					scope: `${STORAGE} openid profile offline_access`,
				},
			},
		);
		return json;
	};
	const poll = (code: string, grantType = "device_code") =>
		askToken(emulator, "organizations", {
			grant_type: grantType,
			client_id: emulator.apps.native.clientId,
			device_code: code,
			client_info: "1",
		});

	test("a device is told everything it needs to tell its user", async () => {
		const json = await start();

		assert.equal(
			json.verification_uri,
			`${emulator.authorityHost}/devicelogin`,
		);
		assert.equal(json.expires_in, 900);
		assert.equal(json.interval, 1);
		assert.match(json.user_code, /^[A-Z]{9}$/);
		assert.ok(json.message.includes(json.user_code));
		assert.equal(json.verification_uri_complete, undefined);
	});

	test.each(["device_code", "urn:ietf:params:oauth:grant-type:device_code"])(
		"an approved device gets its tokens once (%s)",
		async (grantType) => {
			const { user_code, device_code } = await start();
			const pending = await poll(device_code, grantType);
			await emulator.approveDevice(
				user_code.toLowerCase(),
				emulator.users.alice.username,
			);
			const granted = await poll(device_code, grantType);
			const again = await poll(device_code, grantType);

			assert.equal(pending.json.error, "authorization_pending");
			assert.deepEqual(pending.json.error_codes, [70016]);
			assert.equal(granted.status, 200, granted.text);
			assert.equal(
				payloadOf(granted.json.access_token).oid,
				emulator.users.alice.id,
			);
			assert.ok(granted.json.refresh_token);
			assert.match(granted.json.scope, /\/\.default openid profile$/);
			assert.equal(again.json.error, "invalid_grant");
		},
	);

	test("a declined device is told so", async () => {
		const { user_code, device_code } = await start();
		await emulator.denyDevice(user_code);

		const { status, json } = await poll(device_code);

		assert.equal(status, 400);
		assert.equal(json.error, "authorization_declined");
	});

	test("a device code that nobody is waiting with cannot be approved", async () => {
		const { user_code } = await start();
		await emulator.denyDevice(user_code);

		await assert.rejects(
			emulator.approveDevice(user_code, emulator.users.alice.username),
			/already answered/,
		);
		await assert.rejects(
			emulator.approveDevice("NOSUCHCODE", emulator.users.alice.username),
			/NOSUCHCODE/,
		);
	});
});
