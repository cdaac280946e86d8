import assert from "node:assert/strict";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import { type Ask, ask, startedEmulator } from "./authority-client.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

const control = (command: string, argument?: object, options: Ask = {}) =>
	ask(emulator, `${emulator.controlUrl}/${command}`, {
		method: "POST",
		...(argument && { body: JSON.stringify(argument) }),
		headers: { "x-emulator-key": emulator.controlKey },
		...options,
	});

describe("the control API", () => {
	test("does what the methods do, for other processes", async () => {
		const knobs = await control("configure", { accessTokenLifetime: 60_000 });
		const fault = await control("addFault", { path: "/keys", status: 503 });
		const { status } = await ask(emulator, "/contoso.test/discovery/v2.0/keys");
		const requests = await control("requests");

		assert.equal(knobs.json.accessTokenLifetime, 60_000);
		assert.equal(fault.status, 200);
		assert.equal(status, 503);
		assert.equal(
			requests.json.at(-1).path,
			"/contoso.test/discovery/v2.0/keys",
		);
		assert.deepEqual(requests.json, await emulator.requests());
	});

	test("refuses who has not the key, and does nothing for them", async () => {
		const keys = [
			undefined,
			"",
			"wrong",
			`${emulator.controlKey}x`,
			emulator.controlKey.slice(1),
			`A${emulator.controlKey.slice(1)}`.replace(/^AA/, "BA"),
		];
		for (const key of keys) {
			const { status } = await control(
				"addFault",
				{ status: 500 },
				{
					headers: key === undefined ? {} : { "x-emulator-key": key },
				},
			);
			assert.equal(status, 401, `with ${key}`);
		}

		const { status } = await ask(
			emulator,
			"/contoso.test/v2.0/.well-known/openid-configuration",
		);
		assert.equal(status, 200);
	});

	test("has another key for each start", async () => {
		const other = await startedEmulator();

		assert.notEqual(other.controlKey, emulator.controlKey);
		assert.ok(emulator.controlKey.length >= 40);
	});

	test("says what was wrong with a call", async () => {
		const calls = [
			["explode", {}, /no command "explode"/],
			["constructor", {}, /no command/],
			["revoke", { subject: "nobody" }, /no user or app "nobody"/],
			["advanceClock", { milliseconds: "long" }, /"milliseconds" has to be/],
			["updateUser", { username: "nobody", patch: {} }, /no user named/],
			["configure", [], /has to be an object/],
		] as const;
		for (const [command, argument, says] of calls) {
			const { status, json } = await control(command, argument);
			assert.equal(status, 400);
			assert.match(json.error, says);
		}
		const broken = await control("configure", undefined, {
			body: "{",
			headers: { "x-emulator-key": emulator.controlKey },
		});
		assert.equal(broken.status, 400);
		assert.equal(
			(
				await control("requests", undefined, {
					method: "GET",
					headers: { "x-emulator-key": emulator.controlKey },
				})
			).status,
			405,
		);
	});

	test("and the authority are there for this machine alone", async () => {
		const outward = Object.values(networkInterfaces())
			.flatMap((list) => list ?? [])
			.find(({ internal, family }) => !internal && family === "IPv4");
		if (outward === undefined) return;
		const port = Number(new URL(emulator.authorityHost).port);

		await assert.rejects(
			new Promise((resolve, reject) => {
				connect(port, outward.address, () => resolve("connected")).on(
					"error",
					reject,
				);
			}),
		);
	});
});

describe("what the methods change", () => {
	test("a user's password and an app's secret are new from then on", async () => {
		const { alice } = emulator.users;
		const signIn = async (password: string) => {
			const { status } = await ask(
				emulator,
				"/contoso.test/oauth2/v2.0/token",
				{
					form: {
						grant_type: "password",
						client_id: emulator.apps.api.clientId,
						client_secret: "another secret",
						username: alice.username,
						password,
						scope: "https://storage.azure.com/.default",
					},
				},
			);
			return status;
		};
		const before = await signIn("another password");
		await emulator.updateUser(alice.username, {
			password: "another password",
		});
		await emulator.updateApp(emulator.apps.api.clientId, {
			secrets: ["another secret"],
		});

		assert.equal(before, 401);
		assert.equal(await signIn("another password"), 200);
		assert.equal(await signIn(alice.password), 400);
	});

	test("who and what is not there cannot be changed", async () => {
		await assert.rejects(emulator.updateUser("nobody", {}), /"nobody"/);
		await assert.rejects(emulator.updateApp("nothing", {}), /"nothing"/);
		await assert.rejects(
			emulator.updateApp(emulator.apps.web.clientId, {
				certificates: ["no certificate"],
			}),
			/PEM/,
		);
	});
});
