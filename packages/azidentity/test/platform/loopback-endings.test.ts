import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "vitest";
import {
	AuthenticationError,
	CredentialUnavailableError,
} from "../../src/errors.ts";
import { failureOf } from "../entra/scripted-service.ts";
import {
	assertTurnedAway,
	comeBack,
	doors,
	formHead,
	freed,
	hasIpv6,
	isListening,
	occupied,
	STATE,
	send,
} from "./door.ts";

const open = doors();

describe("every page", () => {
	test("is kept by nobody, loads nothing, stands in no frame, and ends its connection", async () => {
		const door = await open();
		const refused = await send(door.port, { form: { state: "wrong" } });
		const { received } = await comeBack(door);

		for (const { headers } of [refused, received]) {
			assert.equal(headers["content-type"], "text/html; charset=utf-8");
			assert.equal(headers["cache-control"], "no-store");
			assert.equal(headers["referrer-policy"], "no-referrer");
			assert.equal(headers["x-content-type-options"], "nosniff");
			assert.equal(headers.connection, "close");
			assert.equal(headers["access-control-allow-origin"], undefined);
			assert.match(
				String(headers["content-security-policy"]),
				/^default-src 'none'; style-src 'unsafe-inline';.* frame-ancestors 'none'$/,
			);
		}
	});
});

describe("how it ends", () => {
	test("a browser that goes away in the middle of its form ends nothing", async () => {
		const door = await open();
		const socket = connect(door.port, "127.0.0.1");
		const half = `${formHead(door.port, 100)}code=`;
		await new Promise((resolve) => socket.write(half, resolve));
		socket.resetAndDestroy();

		await comeBack(door);
	});

	test("with an error that says so, when time is up", async () => {
		const door = await open({ timeout: 90_000 });
		assert.deepEqual(
			door.timers.map(({ milliseconds }) => milliseconds),
			[90_000],
		);

		door.timers[0]?.expire();

		const failure = await failureOf(door.answer);
		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.errorResponse.error, "sign_in_timeout");
		assert.equal(failure.isOutage, undefined);
		assert.match(failure.message, /^TestCredential: .* within 90 seconds/);
		await assertTurnedAway(door, {}, 400);
	});

	test("with an AbortError, when nobody waits any more", async () => {
		const door = await open();
		door.leave();
		assert.equal((await failureOf(door.answer)).name, "AbortError");
		await assertTurnedAway(door, {}, 400);
	});

	test("before it begins, when nobody waits any more", async () => {
		const abortSignal = AbortSignal.abort();
		const failure = await failureOf(open({ abortSignal }));
		assert.equal(failure.name, "AbortError");
	});

	test("with nobody listening and no connection left, those the browser opened ahead included", async () => {
		const door = await open();
		const ahead = connect(door.port, "127.0.0.1");
		await new Promise((resolve) => ahead.once("connect", resolve));
		const cut = new Promise((resolve) => ahead.once("close", resolve));

		await comeBack(door);
		await door.close();

		await cut;
		assert.equal(await isListening(door.port, "127.0.0.1"), false);
		assert.equal(await isListening(door.port, "::1"), false);
	});

	test("without the page, when it is closed while the browser waits", async () => {
		const door = await open();
		const receiving = failureOf(send(door.port));
		await door.answer;

		await door.close();

		assert.match((await receiving).message, /socket hang up|ECONNRESET/);
	});

	test("well, although the browser was closed before its page came", async () => {
		const door = await open();
		const socket = connect(door.port, "127.0.0.1");
		const body = `code=c&state=${STATE}`;
		socket.write(formHead(door.port, body.length) + body);
		const answer = await door.answer;
		await new Promise((resolve) => {
			socket.once("close", resolve);
			socket.resetAndDestroy();
		});

		await answer.show("<title>Too late</title>");
		await door.close();
	});
});

describe("the port", () => {
	test("is the redirect URI's own, when it names one", async () => {
		const { port } = await freed();
		const door = await open({ address: { port, path: "" } });
		assert.equal(door.redirectUri, `http://localhost:${port}`);
		await comeBack(door);
	});

	test("that is taken under either address is not used under the other", async (context) => {
		if (!(await hasIpv6())) return context.skip("needs IPv6 on loopback");
		for (const taken of ["127.0.0.1", "::1"]) {
			const { port, release } = await occupied(taken);
			const address = { port, path: "" };

			const failure = await failureOf(open({ address }));

			assert.ok(failure instanceof CredentialUnavailableError);
			assert.match(
				failure.message,
				new RegExp(
					`^TestCredential: port ${port} of the option redirectUri is in use`,
				),
			);
			const other = taken === "::1" ? "127.0.0.1" : "::1";
			assert.equal(await isListening(port, other), false);
			await release();
		}
	});

	test("differs between two sign-ins at once, and each gets its own answer", async () => {
		const [left, right] = [
			await open({ state: "left" }),
			await open({ state: "right" }),
		];
		const crossed = { form: { code: "c", state: "right" } };

		await assertTurnedAway(left, crossed, 400);

		await comeBack(right, crossed);
		await comeBack(left, { form: { code: "c", state: "left" } });
	});

	test("leaves no timer when it cannot be had", async () => {
		const { port, release } = await occupied("127.0.0.1");
		const timers = () =>
			process.getActiveResourcesInfo().filter((each) => each === "Timeout");
		const before = timers().length;

		await failureOf(
			open({ address: { port, path: "" }, setTimeout: undefined }),
		);

		assert.equal(timers().length, before);
		await release();
	});
});
