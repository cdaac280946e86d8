import assert from "node:assert/strict";
import type { DeviceCodeCredentialOptions, DeviceCodeInfo } from "azidentity";
import { describe, test } from "vitest";
import { atTheDevice } from "./at-the-device.ts";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const device = (
	act?: (info: DeviceCodeInfo) => unknown,
	options?: DeviceCodeCredentialOptions,
) => atTheDevice(entra, act, options);
const polls = async () =>
	(await entra.tokenRequests()).filter(({ grantType }) =>
		grantType?.includes("device_code"),
	);
const refusal = (error: string) => ({
	path: "/token",
	status: 400,
	body: { error, error_description: `AADSTS70000: ${error}` },
});

describe("The polls keep to RFC 8628 (§11 row 16)", () => {
	test("the interval passes before each, the first included, until the code expires by our own clock", async () => {
		await entra.emulator.configure({
			deviceCodeInterval: 7_000,
			deviceCodeLifetime: 60_000,
		});
		const { credential, waits } = device(() => {});
		await assert.rejects(credential.getToken(VAULT), {
			name: "AuthenticationError",
			message: /before the code expired/,
		});
		await entra.emulator.configure({
			deviceCodeInterval: 1_000,
			deviceCodeLifetime: 900_000,
		});
		assert.deepEqual(waits, Array(8).fill(7_000));
		assert.equal((await polls()).length, 8);
	});

	test("slow_down makes them five seconds slower, for good", async () => {
		const { credential, waits } = device();
		await entra.emulator.addFault(refusal("slow_down"));
		await entra.emulator.addFault(refusal("authorization_pending"));
		await entra.emulator.addFault(refusal("slow_down"));
		await credential.getToken(VAULT);
		assert.deepEqual(waits, [1_000, 6_000, 6_000, 11_000]);
	});

	test("a service in trouble is asked ever more slowly, then in the old rhythm", async () => {
		const { credential, waits } = device();
		await entra.emulator.addFault({ path: "/token", status: 503, body: "" });
		await entra.emulator.addFault({ path: "/token", reset: "at-once" });
		await entra.emulator.addFault(refusal("authorization_pending"));
		await credential.getToken(VAULT);
		assert.deepEqual(waits, [1_000, 2_000, 4_000, 1_000]);
	});

	test("an error sent with status 200 is an error", async () => {
		const { credential } = device();
		const body = { error: "authorization_declined" };
		await entra.emulator.addFault({ path: "/token", status: 200, body });
		await assert.rejects(credential.getToken(VAULT), {
			name: "AuthenticationError",
			message: /declined/,
		});
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("they end when the service says that it expired, or that the person declined", async () => {
		const declined = device(({ userCode }) =>
			entra.emulator.denyDevice(userCode),
		);
		await assert.rejects(declined.credential.getToken(VAULT), {
			name: "AuthenticationError",
			message: /declined/,
		});
		const late = device(() => entra.emulator.advanceClock(901_000));
		await assert.rejects(late.credential.getToken(VAULT), (error: Error) => {
			assert.match(error.message, /expired_token.*start the sign-in again/);
			return true;
		});
	});

	test("they end at once when the caller leaves", async () => {
		const leaving = new AbortController();
		const { credential } = device(() => leaving.abort(), {
			setTimeout: () => undefined,
		});
		await assert.rejects(
			credential.getToken(VAULT, { abortSignal: leaving.signal }),
			{ name: "AbortError" },
		);
		assert.equal((await polls()).length, 0);
	});
});
