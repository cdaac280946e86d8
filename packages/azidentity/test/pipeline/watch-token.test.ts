import assert from "node:assert/strict";
import { hours, minutes, seconds } from "@azidentity/testkit";
import { watchToken } from "azidentity";
import { describe, test } from "vitest";
import { stranger } from "../chains/strangers.ts";
import { VAULT } from "../credentials/emulated-entra.ts";
import { watched } from "./watched-token.ts";

const days = (count: number) => hours(24 * count);

describe("A watched token", () => {
	test("is there at once, and a fresh one five minutes before it expires", async () => {
		const { asks, take, time, tokens } = watched(() => hours(1));
		void take();
		await time.pass(hours(2));
		assert.deepEqual(tokens, [
			["token-1", 0],
			["token-2", minutes(55)],
			["token-3", minutes(110)],
		]);
		assert.equal(asks.length, 3);
	});

	test("that has ten minutes or less to live is replaced half-way", async () => {
		const { take, time, tokens } = watched(() => minutes(8));
		void take();
		await time.pass(minutes(8));
		assert.deepEqual(
			tokens.map(([, at]) => at),
			[0, minutes(4), minutes(8)],
		);
	});

	test("is replaced when it says so, if that is earlier", async () => {
		const { start, take, time, tokens } = watched((asked) => ({
			expiresOnTimestamp: start + hours(24),
			...(asked === 0 && { refreshAfterTimestamp: start + hours(2) }),
		}));
		void take();
		await time.pass(hours(12));
		assert.deepEqual(tokens, [
			["token-1", 0],
			["token-2", hours(2)],
		]);
	});

	test("is not handed over twice, and who has no other is asked less and less often until it is about to expire", async () => {
		const { asks, start, take, time, tokens } = watched(() => ({
			token: "same",
			expiresOnTimestamp: start + hours(24),
			refreshAfterTimestamp: start,
		}));
		void take();
		await time.pass(hours(23));
		assert.deepEqual(tokens, [["same", 0]]);
		const pauses = asks.slice(1).map((at, index) => at - (asks[index] ?? 0));
		assert.deepEqual(
			pauses.slice(0, 7),
			[30, 30, 60, 120, 240, 480, 600].map(seconds),
		);
		assert.ok(pauses.slice(6).every((pause) => pause === minutes(10)));
		await time.pass(hours(1));
		assert.ok(asks.some((at) => at === hours(24) - minutes(5)));
		const last = asks.length;
		// It has expired, and still there is no other.
		await time.pass(days(1));
		assert.ok(asks.length - last <= days(1) / minutes(10));
		assert.deepEqual(tokens, [["same", 0]]);
	});

	test("comes not more often than once a second, however short it lives", async () => {
		for (const lifetime of [1, 10, seconds(1), 0.001]) {
			const { asks, take, time, tokens } = watched(() => lifetime);
			void take();
			await time.pass(minutes(1));
			assert.equal(asks.length, 61);
			assert.equal(tokens.length, 61);
		}
	});

	test("that looks expired when it comes is handed over, and the next is asked for after half a minute", async () => {
		const { asks, take, time, tokens } = watched(() => -hours(2));
		void take();
		await time.pass(minutes(10));
		assert.equal(tokens.length, 21);
		assert.equal(asks.length, 21);
	});

	test("may live longer than a timer can wait", async () => {
		const { asks, take, time, tokens } = watched(() => days(30));
		void take();
		await time.pass(days(30) - minutes(5) - 1);
		assert.equal(asks.length, 1);
		await time.pass(1);
		assert.equal(tokens.length, 2);
		assert.ok(Math.max(...time.started) < 2 ** 31);
	});

	test("is replaced within a minute after the machine slept", async () => {
		const { take, time, tokens } = watched(() => hours(1));
		void take();
		await time.pass(minutes(10));
		time.jump(hours(8));
		await time.pass(minutes(1));
		assert.equal(tokens.length, 2);
	});

	test("is asked for again within a minute after the clock was turned back, as nobody knows when it expires", async () => {
		const { asks, take, time } = watched(() => hours(1));
		void take();
		await time.pass(minutes(10));
		time.jump(-days(1));
		await time.pass(minutes(1));
		assert.equal(asks.length, 2);
	});

	test("is fresh though whoever takes it took hours for the last one", async () => {
		const { asks, time, tokens, watch } = watched(() => hours(1));
		assert.equal((await watch.next()).value?.token, "token-1");
		await time.pass(hours(5));
		assert.equal((await watch.next()).value?.token, "token-2");
		assert.deepEqual(asks, [0, hours(5)]);
		assert.deepEqual(tokens, []);
	});

	test("goes to one caller when several wait, in their order", async () => {
		const { time, watch } = watched(() => hours(1));
		const callers = [watch.next(), watch.next(), watch.next()];
		await time.pass(hours(3));
		const answers = await Promise.all(callers);
		assert.deepEqual(
			answers.map(({ value }) => value?.token),
			["token-1", "token-2", "token-3"],
		);
	});

	test("is asked for as the options say, and without continuous access evaluation unless they do", async () => {
		for (const [options, expected] of [
			[{}, {}],
			[
				{ tenantId: "contoso", enableCae: true },
				{ tenantId: "contoso", enableCae: true },
			],
		]) {
			const credential = stranger("token");
			await watchToken(credential, [VAULT], options).next();
			const { abortSignal, ...asked } = credential.asked[0]?.options ?? {};
			assert.ok(abortSignal);
			assert.deepEqual(asked, expected);
			assert.deepEqual(credential.asked[0]?.scopes, [VAULT]);
		}
	});

	test("is refused at once for what is no credential, and for scopes that cannot be", () => {
		assert.throws(() => watchToken({} as never, VAULT), TypeError);
		assert.throws(() => watchToken(stranger("token"), []), TypeError);
	});
});
