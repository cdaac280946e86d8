import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { afterEach, beforeAll, describe, test } from "vitest";
import { DEFAULT_KNOBS } from "../src/knobs.ts";
import {
	ask,
	askToken,
	payloadOf,
	startedEmulator,
} from "./authority-client.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator({ knobs: { accessTokenLifetime: 5_000 } });
});
afterEach(() => emulator.configure(DEFAULT_KNOBS));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const appToken = async () => {
	const { json } = await askToken(emulator, emulator.tenants.contoso.id, {
		grant_type: "client_credentials",
		client_id: emulator.apps.daemon.clientId,
		client_secret: emulator.apps.daemon.secrets[0],
		scope: "https://storage.azure.com/.default",
	});
	return json;
};

describe("knobs", () => {
	test("can be set at the start", async () => {
		assert.equal((await appToken()).expires_in, 5);
	});

	test("of lifetimes hold in the answer and in the token", async () => {
		await emulator.configure({ accessTokenLifetime: 10 * MINUTE });
		const json = await appToken();

		assert.equal(json.expires_in, 600);
		assert.equal(json.ext_expires_in, 600);
		assert.equal(json.refresh_in, undefined);
		const { exp, iat } = payloadOf(json.access_token);
		assert.equal(exp - iat, 600);
	});

	test("a lifetime of two hours comes with a refresh half-way", async () => {
		await emulator.configure({ accessTokenLifetime: 2 * HOUR });

		assert.equal((await appToken()).refresh_in, 3600);
	});

	test("refresh_in and ext_expires_in can be set by themselves", async () => {
		await emulator.configure({
			refreshIn: 2 * MINUTE,
			extendedAccessTokenLifetime: 24 * HOUR,
		});
		const json = await appToken();

		assert.equal(json.refresh_in, 120);
		assert.equal(json.ext_expires_in, 86_400);
		assert.equal(json.expires_in, 3599);
	});

	test("the issuer of version 1 tokens can be set", async () => {
		await emulator.configure({ v1Issuer: "https://sts.example" });

		const { iss } = payloadOf((await appToken()).access_token);
		assert.equal(iss, `https://sts.example/${emulator.tenants.contoso.id}/`);
	});

	test("configure answers how all knobs stand", async () => {
		const knobs = await emulator.configure({ deviceCodeInterval: 7_000 });

		assert.deepEqual(knobs, { ...DEFAULT_KNOBS, deviceCodeInterval: 7_000 });
	});

	test("a knob that does not exist is refused, and none is turned", async () => {
		await assert.rejects(
			emulator.configure({
				accessTokenLifetime: 9_000,
				acessTokenLifetime: 5_000,
			} as object),
			/no knob "acessTokenLifetime"/,
		);
		for (const value of ["long", 0, -5_000, null, Number.NaN])
			await assert.rejects(
				emulator.configure({ accessTokenLifetime: value as number }),
				/"accessTokenLifetime" takes a number/,
			);

		assert.equal((await appToken()).expires_in, 3599);
	});
});

describe("the pace of polls", () => {
	const device = async () => {
		const { json } = await ask(
			emulator,
			"/contoso.test/oauth2/v2.0/devicecode",
			{ form: { client_id: emulator.apps.native.clientId, scope: "openid" } },
		);
		return json as { device_code: string; interval: number };
	};
	const poll = async ({ device_code }: { device_code: string }) => {
		const { json } = await askToken(emulator, "contoso.test", {
			grant_type: "device_code",
			client_id: emulator.apps.native.clientId,
			device_code,
		});
		return json.error as string;
	};

	test("is nobody's business unless the knob says so", async () => {
		const code = await device();

		assert.equal(await poll(code), "authorization_pending");
		assert.equal(await poll(code), "authorization_pending");
	});

	test("with slow_down a poll too soon is told to wait five seconds longer", async () => {
		await emulator.configure({ slowDown: true, deviceCodeInterval: 5_000 });
		const code = await device();
		const answers = [await poll(code), await poll(code)];
		for (const wait of [6_000, 10_000]) {
			await emulator.advanceClock(wait);
			answers.push(await poll(code));
		}
		await emulator.advanceClock(20_000);
		answers.push(await poll(code));

		assert.equal(code.interval, 5);
		assert.deepEqual(answers, [
			"authorization_pending",
			"slow_down", // 10 s from here
			"slow_down", // 15 s from here
			"slow_down", // 20 s from here
			"authorization_pending",
		]);
	});
});
