import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { Fault } from "@azidentity/emulator";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const MARK = "eyJhbGciOiJub25lIn0.PLANTED.";

/** What a service could answer with in place of a token. `times: null` is for as long as the test lasts. */
const answer = (fault: Fault): Fault => ({
	path: "/token",
	times: null,
	...fault,
});
const token = (fields: object): Fault =>
	answer({
		body: { token_type: "Bearer", access_token: MARK, ...fields },
	});

/** The error of a call that fails, after checking that it is one and that it shows nothing. */
async function failureOf(call: Promise<unknown>): Promise<AuthenticationError> {
	const error: unknown = await call.then(
		() => assert.fail("the call should have failed"),
		(reason) => reason,
	);
	assert.ok(error instanceof AuthenticationError, inspect(error));
	const { secrets } = entra.emulator.apps.daemon;
	const shown = inspect(error, { depth: 10 }) + JSON.stringify(error);
	for (const hidden of [MARK, ...secrets]) assert.ok(!shown.includes(hidden));
	return error;
}

describe("An answer that holds no usable token is a typed error; nothing new is remembered, and nothing remembered is lost", () => {
	const cases: [string, Fault][] = [
		["HTML with status 200", answer({ body: "<h1>welcome</h1>" })],
		["JSON cut short", answer({ truncate: 40 })],
		["an empty body", answer({ status: 200, body: "" })],
		["a list", answer({ body: [] })],
		["no token in it", answer({ body: { expires_in: 3599 } })],
		["an empty token", token({ access_token: "", expires_in: 3599 })],
		["a token that is no text", token({ access_token: 1, expires_in: 3599 })],
		["no expires_in", token({})],
		["expires_in 0", token({ expires_in: 0 })],
		["expires_in negative", token({ expires_in: -1 })],
		["expires_in as words", token({ expires_in: "soon" })],
		["expires_in as a fraction", token({ expires_in: 1.5 })],
		["an error with status 200", answer({ body: { error: "invalid_grant" } })],
		["a redirect", answer({ status: 302, headers: { location: "/x" } })],
		[
			"a permanent redirect",
			answer({ status: 308, headers: { location: "/" } }),
		],
		["a refusal in HTML", answer({ status: 400, body: "<h1>no</h1>" })],
		["a connection cut at once", answer({ reset: "at-once" })],
		["a connection cut in the middle", answer({ reset: "mid-body" })],
	];
	test.each(cases)("%s", async (_, fault) => {
		const credential = entra.daemon();
		const remembered = await credential.getToken(STORAGE);
		await entra.emulator.addFault(fault);
		await failureOf(credential.getToken(VAULT));
		assert.equal((await credential.getToken(STORAGE)).token, remembered.token);
		await entra.emulator.clearFaults();
		assert.notEqual((await credential.getToken(VAULT)).token, MARK);
	});

	test("a redirect is not followed: the secret goes nowhere else", async () => {
		await entra.emulator.addFault(
			answer({ status: 307, headers: { location: "/elsewhere/token" } }),
		);
		await failureOf(entra.daemon().getToken(VAULT));
		const paths = (await entra.emulator.requests()).map(({ path }) => path);
		assert.ok(!paths.includes("/elsewhere/token"), paths.join());
	});
});

describe("What breaks once is tried again, and the caller does not hear of it", () => {
	const cases: [string, Fault][] = [
		...[408, 429, 500, 502, 503, 504].map((status): [string, Fault] => [
			`status ${status}`,
			{ status, body: {} },
		]),
		["a connection cut at once", { reset: "at-once" }],
		["a connection cut in the middle", { reset: "mid-body" }],
	];
	test.each(cases)("%s", async (_, fault) => {
		await entra.emulator.addFault({ path: "/token", ...fault });
		assert.ok(await entra.daemon().getToken(VAULT));
		assert.equal((await entra.tokenRequests()).length, 2);
	});
});

describe("A service that asks to be left alone for longer than a minute is left alone", () => {
	const soon = () => new Date(Date.now() + 600_000).toUTCString();
	const cases: [string, () => Record<string, string>][] = [
		["in seconds", () => ({ "retry-after": "600" })],
		["as a date", () => ({ "retry-after": soon() })],
		["in milliseconds", () => ({ "retry-after-ms": "600000" })],
		["in its own milliseconds", () => ({ "x-ms-retry-after-ms": "600000" })],
	];
	test.each(cases)("%s", async (_, headers) => {
		const credential = entra.daemon();
		await entra.emulator.addFault({
			path: "/token",
			status: 429,
			headers: headers(),
			body: { error: "temporarily_unavailable" },
		});
		const error = await failureOf(credential.getToken(VAULT));
		assert.equal(error.isOutage, true);
		const wait = (error.notBefore ?? 0) - Date.now();
		assert.ok(wait > 590_000 && wait <= 601_000, `${wait}`);
		// The fault is used up: an answer would come. It is not asked for.
		assert.equal(await failureOf(credential.getToken(VAULT)), error);
		assert.equal((await entra.tokenRequests()).length, 1);
		assert.ok(await credential.getToken(STORAGE));
	});
});

test("a wrong secret is refused once, with the code of Entra and what to do", async () => {
	const credential = entra.daemon({}, "not the secret");
	const error = await failureOf(credential.getToken(VAULT));
	assert.equal(error.statusCode, 401);
	assert.equal(error.errorResponse.error, "invalid_client");
	assert.deepEqual(error.errorResponse.errorCodes, [7000215]);
	assert.match(error.message, /ClientSecretCredential.*AADSTS7000215.*secret/s);
	assert.equal((await entra.tokenRequests()).length, 1);
});
