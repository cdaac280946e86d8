import assert from "node:assert/strict";
import { hours, minutes } from "@azidentity/testkit";
import { AuthenticationError, CredentialUnavailableError } from "azidentity";
import { describe, test } from "vitest";
import { assertingDaemon } from "./asserting-daemon.ts";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const { daemon, signs } = assertingDaemon(entra);

/** The error of a call that fails before anything is sent. */
async function failureOf(call: Promise<unknown>): Promise<AuthenticationError> {
	const error: unknown = await call.then(
		() => assert.fail("the call should have failed"),
		(reason) => reason,
	);
	assert.ok(error instanceof AuthenticationError);
	assert.match(error.message, /ClientAssertionCredential/);
	assert.ok(!error.message.includes("planted"));
	assert.equal(error.statusCode, 0);
	assert.deepEqual(await entra.tokenRequests(), []);
	return error;
}

describe("A callback that fails is a typed error, and nothing is sent", () => {
	const failing = (error: unknown) =>
		daemon(() => Promise.reject(error)).getToken(VAULT);

	test("with what it said, and nothing else that it carries", async () => {
		const { cause, errorResponse, message } = await failureOf(
			failing(
				Object.assign(new Error("no disk at /tokens"), {
					code: "ENOENT",
					response: "planted",
				}),
			),
		);
		assert.equal(errorResponse.error, "assertion_callback_failed");
		assert.match(message, /no disk at/);
		assert.ok(cause instanceof Error);
		assert.equal(cause.message, "no disk at /tokens");
		assert.deepEqual({ ...cause }, { name: "Error", code: "ENOENT" });
	});

	test.each([
		["a text", "planted"],
		["nothing", undefined],
		["null", null],
	])("also when it throws %s", async (_, thrown) => {
		await failureOf(failing(thrown));
	});

	test("also when it throws before it promises", async () => {
		const credential = daemon(() => {
			throw new Error("at once");
		});
		await assert.rejects(credential.getToken(VAULT), {
			name: "AuthenticationError",
			message: /at once/,
		});
	});

	test.each([
		["an AbortError", Object.assign(new Error("left"), { name: "AbortError" })],
		["an unavailability", new CredentialUnavailableError("no platform here")],
	])("but for %s, which stays what it is", async (_, reason) => {
		await assert.rejects(failing(reason), (error) => error === reason);
	});

	test("and the next call tries again", async () => {
		let calls = 0;
		const credential = daemon((request) => {
			calls += 1;
			return calls === 1 ? Promise.reject(new Error("once")) : signs(request);
		});
		await assert.rejects(credential.getToken(VAULT), /once/);
		assert.ok(await credential.getToken(VAULT));
	});

	test("and a remembered token is still handed out until it expires", async () => {
		let time = Date.now();
		let isBroken = false;
		const credential = daemon(
			(request) =>
				isBroken ? Promise.reject(new Error("broken")) : signs(request),
			{ now: () => time },
		);
		const first = await credential.getToken(VAULT);
		isBroken = true;
		time += hours(1) - minutes(2);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		time += minutes(3);
		await assert.rejects(credential.getToken(VAULT), /broken/);
	});
});

test("the outage of a credential behind the callback is one of this credential too", async () => {
	const inner = entra.daemon({ retryOptions: { maxRetries: 0 } });
	const credential = daemon(async () => (await inner.getToken(STORAGE)).token);
	await entra.emulator.addFault({
		path: "/token",
		status: 503,
		headers: { "retry-after": "600" },
		body: { error: "temporarily_unavailable" },
	});
	await assert.rejects(credential.getToken(VAULT), {
		message: /ClientAssertionCredential.*503/,
		isOutage: true,
		retryAfter: minutes(10),
	});
});

describe("What is no assertion is refused, and nothing is sent", () => {
	test.each([
		["an empty text", ""],
		["a blank text", " \n"],
		["nothing", undefined],
		["null", null],
		["a token instead of its text", { token: "planted" }],
		["a number", 7],
	])("%s", async (_, answer) => {
		const credential = daemon(async () => answer as string);
		const { errorResponse, message } = await failureOf(
			credential.getToken(VAULT),
		);
		assert.equal(errorResponse.error, "invalid_assertion");
		assert.match(message, /assertion/);
	});
});
