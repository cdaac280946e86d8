import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { afterEach, beforeAll, describe, test } from "vitest";
import { askToken, startedEmulator } from "./authority-client.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});
afterEach(async () => {
	await emulator.clearFaults();
	await emulator.clearRequests();
});

const appToken = () =>
	askToken(emulator, emulator.tenants.contoso.id, {
		grant_type: "client_credentials",
		client_id: emulator.apps.daemon.clientId,
		client_secret: emulator.apps.daemon.secrets[0],
		scope: "https://storage.azure.com/.default",
	});

describe("a fault in place of the answer", () => {
	test("has any status with any header, and is used up after once", async () => {
		await emulator.addFault({
			path: "/TOKEN",
			status: 429,
			headers: { "retry-after": "17", "x-one": ["a", "b"] },
		});
		const first = await appToken();
		const second = await appToken();

		assert.equal(first.status, 429);
		assert.equal(first.headers["retry-after"], "17");
		assert.equal(first.headers["x-one"], "a, b");
		assert.equal(first.json.error, "temporarily_unavailable");
		assert.equal(second.status, 200);
	});

	test("meets only its path, so many times, the first rule first", async () => {
		await emulator.addFault({ path: "/devicecode", status: 500 });
		await emulator.addFault({ path: "/token", status: 503, times: 2 });
		await emulator.addFault({ path: "/token", status: 504 });

		const statuses = [];
		for (let turn = 0; turn < 4; turn++)
			statuses.push((await appToken()).status);
		assert.deepEqual(statuses, [503, 503, 504, 200]);
	});

	test("meets every request when its times are null", async () => {
		await emulator.addFault({ status: 500, times: null });

		for (let turn = 0; turn < 3; turn++)
			assert.equal((await appToken()).status, 500);
	});

	test("has a body of JSON, or of any text", async () => {
		await emulator.addFault({ status: 400, body: { error: "slow_down" } });
		await emulator.addFault({ status: 502, body: "<h1>Bad gateway</h1>" });
		await emulator.addFault({
			body: "{}",
			headers: { "content-type": "application/json" },
		});
		const json = await appToken();
		const html = await appToken();
		const bare = await appToken();

		assert.deepEqual(json.json, { error: "slow_down" });
		assert.match(json.headers["content-type"] ?? "", /^application\/json/);
		assert.equal(html.text, "<h1>Bad gateway</h1>");
		assert.match(html.headers["content-type"] ?? "", /^text\/html/);
		assert.equal(bare.status, 200);
		assert.equal(bare.headers["content-type"], "application/json");
	});

	test("leads elsewhere", async () => {
		await emulator.addFault({
			status: 307,
			headers: { location: "https://elsewhere.example/" },
		});
		const { status, headers } = await appToken();

		assert.equal(status, 307);
		assert.equal(headers.location, "https://elsewhere.example/");
	});

	test("is a connection cut before a byte", async () => {
		await emulator.addFault({ reset: "at-once" });

		await assert.rejects(appToken(), { code: "ECONNRESET" });
		const [entry] = await emulator.requests();
		assert.equal(entry?.status, undefined);
		assert.equal(entry?.fault, true);
	});
});

describe("a fault on the real answer", () => {
	test("cuts the connection in the middle of the body", async () => {
		await emulator.addFault({ reset: "mid-body" });

		await assert.rejects(appToken(), /aborted/);
		const [entry] = await emulator.requests();
		assert.equal(entry?.status, 200);
	});

	test("ends the answer properly after half of its JSON", async () => {
		await emulator.addFault({ truncate: 40 });
		const answer = await appToken();

		assert.equal(answer.status, 200);
		assert.equal(answer.text.length, 40);
		assert.match(answer.text, /^\{"token_type":"Bearer"/);
		assert.throws(() => JSON.parse(answer.text), SyntaxError);
	});

	test("adds headers to it", async () => {
		await emulator.addFault({ headers: { "x-one": "a" } });
		const { headers, json } = await appToken();

		assert.equal(headers["x-one"], "a");
		assert.ok(json.access_token);
	});

	test("lets its body come in small pieces over the time it is given", async () => {
		await emulator.addFault({ slowBodyMs: 200 });
		const before = performance.now();
		const { json } = await appToken();

		assert.ok(json.access_token);
		assert.ok(performance.now() - before >= 150);
	});

	test("lets it wait", async () => {
		await emulator.addFault({ delayMs: 150 });
		const before = performance.now();
		const { status } = await appToken();

		assert.equal(status, 200);
		assert.ok(performance.now() - before >= 140);
	});
});

test("the log tells what was asked even where a fault answered", async () => {
	await emulator.addFault({ status: 503 });
	await appToken();

	const [entry] = await emulator.requests();
	assert.equal(entry?.grantType, "client_credentials");
	assert.equal(entry?.status, 503);
	assert.equal(entry?.fault, true);
});

test("a fault that would not do what it says is refused", async () => {
	const wrong = [
		[{ statsu: 503 }, /no "statsu"/],
		[{ status: 42 }, /between 200 and 599/],
		[{ reset: "later" }, /"at-once" or "mid-body"/],
		[{ times: 0 }, /at least 1/],
		[{ body: 5 }, /cannot be a number/],
	] as const;
	for (const [fault, says] of wrong)
		await assert.rejects(emulator.addFault(fault as object), says);

	assert.equal((await appToken()).status, 200);
});
