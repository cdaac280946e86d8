import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	ask,
	askToken,
	payloadOf,
	startedEmulator,
} from "./authority-client.ts";
import { browser } from "./browser.ts";
import { enterPassword } from "./sign-in.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

const newDevice = async (tenant = "contoso.test") => {
	const { json } = await ask(emulator, `/${tenant}/oauth2/v2.0/devicecode`, {
		form: {
			client_id: emulator.apps.azureCli.clientId,
			scope: "openid profile https://storage.azure.com/.default",
		},
	});
	return json as { user_code: string; device_code: string };
};
const poll = (deviceCode: string) =>
	askToken(emulator, "common", {
		grant_type: "device_code",
		client_id: emulator.apps.azureCli.clientId,
		device_code: deviceCode,
	});

describe("the device page", () => {
	test("signs a device in for the person who enters its code and password", async () => {
		const { user_code, device_code } = await newDevice();
		const window = browser(emulator);
		const entry = await window.open("/devicelogin");
		const question = await window.submit(entry, { user_code });
		const page = await window.submit(question, { confirm: "yes" });
		const done = await enterPassword(window, page, emulator.users.alice);
		const { json } = await poll(device_code);

		assert.match(entry.text, /<label for="user_code">/);
		assert.match(question.text, /Are you trying to sign in to Azure CLI\?/);
		assert.ok(question.text.includes(user_code));
		assert.match(done.text, /You are signed in/);
		assert.equal(
			payloadOf(json.id_token).preferred_username,
			emulator.users.alice.username,
		);
	});

	test("asks a person who is signed in for no password", async () => {
		const window = browser(emulator);
		const first = await newDevice();
		const entry = await window.open(
			`/devicelogin?user_code=${first.user_code}`,
		);
		const page = await window.submit(entry, { confirm: "yes" });
		await enterPassword(window, page, emulator.users.alice);
		const second = await newDevice();
		const question = await window.open(
			`/devicelogin?user_code=${second.user_code}`,
		);
		const done = await window.submit(question, { confirm: "yes" });

		assert.match(done.text, /You are signed in/);
		assert.equal((await poll(second.device_code)).status, 200);
	});

	test("lets a person decline", async () => {
		const { user_code, device_code } = await newDevice();
		const window = browser(emulator);
		const question = await window.open(`/devicelogin?user_code=${user_code}`);
		const declined = await window.submit(question, { abort: "yes" });
		const { json } = await poll(device_code);

		assert.match(declined.alert ?? "", /You have declined/);
		assert.equal(json.error, "authorization_declined");
	});

	test("leads to the tenant that the code belongs to", async () => {
		const { user_code } = await newDevice("fabrikam.test");

		const page = await browser(emulator).open(
			`/devicelogin?user_code=${user_code.toLowerCase()}`,
		);

		assert.ok(page.url.includes(emulator.tenants.fabrikam.id), page.url);
		assert.match(page.text, /Are you trying to sign in/);
	});

	test("does not know a code that was never given, or is past its time", async () => {
		const { user_code, device_code } = await newDevice();
		const window = browser(emulator);
		const entry = await window.open("/devicelogin");
		const unknown = await window.submit(entry, { user_code: "BBBBBBBBB" });
		await emulator.advanceClock(16 * 60_000);
		const late = await window.submit(unknown, { user_code });
		const { json } = await poll(device_code);
		await emulator.advanceClock(-16 * 60_000);

		assert.match(unknown.alert ?? "", /That code didn't work/);
		assert.match(late.alert ?? "", /That code has expired/);
		assert.equal(json.error, "expired_token");
		assert.deepEqual(json.error_codes, [70019]);
	});
});
