import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { hours, minutes, seconds } from "@azidentity/testkit";
import type { AccessToken } from "@azure/core-auth";
import { watchToken, withTokenCache } from "azidentity";
import { describe, test } from "vitest";
import { stranger, tokenNamed } from "../chains/strangers.ts";
import { VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { virtualTime } from "./virtual-time.ts";
import { watched } from "./watched-token.ts";

const down = new Error("down");

describe("A watch whose credential fails", () => {
	test("rejects when there is no token at all, and is over", async () => {
		const { end, take, time, watch } = watched(() => down);
		await take();
		assert.equal(end.error, down);
		assert.deepEqual(await watch.next(), { done: true, value: undefined });
		assert.deepEqual(time.started, []);
	});

	test("goes on while the last token lives, with longer and longer pauses", async () => {
		const { asks, end, take, time, tokens } = watched((asked) =>
			asked > 0 && asked < 4 ? down : hours(1),
		);
		void take();
		await time.pass(hours(1));
		assert.equal(end.isOver, false);
		assert.deepEqual(asks, [0, 3300, 3330, 3390, 3495].map(seconds));
		assert.deepEqual(
			tokens.map(([token]) => token),
			["token-1", "token-5"],
		);
	});

	test("rejects with the failure once the last token has expired", async () => {
		const { asks, end, take, time, tokens } = watched((asked) =>
			asked === 0 ? hours(1) : down,
		);
		void take();
		await time.pass(hours(1) - 1);
		assert.equal(end.isOver, false);
		await time.pass(seconds(2));
		assert.equal(end.error, down);
		assert.equal(tokens.length, 1);
		assert.ok(asks.length < 20);
		const asked = asks.length;
		await time.pass(hours(1));
		assert.equal(asks.length, asked);
	});

	test("waits as long as the service wants, but asks once more when the token expires", async () => {
		for (const [wait, next] of [
			[minutes(3), minutes(58)],
			[hours(3), hours(1)],
		] as const) {
			const { asks, start, take, time } = watched((asked) =>
				asked === 1
					? Object.assign(new Error("busy"), {
							notBefore: start + minutes(55) + wait,
						})
					: hours(1),
			);
			void take();
			await time.pass(hours(1));
			assert.deepEqual(asks, [0, minutes(55), next]);
		}
	});

	test("hands over what a memory behind it fetched behind its back", async () => {
		const time = virtualTime();
		const { now, setTimeout } = time;
		let asked = 0;
		const credential = withTokenCache(
			{
				async getToken() {
					asked += 1;
					return {
						token: `token-${asked}`,
						expiresOnTimestamp: now() + hours(1),
						refreshAfterTimestamp: now() + minutes(20),
					};
				},
			},
			{ now },
		);
		const tokens: [string, number][] = [];
		const start = now();
		const watch = watchToken(credential, VAULT, { now, setTimeout });
		void (async () => {
			for await (const { token } of watch) tokens.push([token, now() - start]);
		})();
		await time.pass(minutes(30));
		assert.deepEqual(tokens, [
			["token-1", 0],
			["token-2", minutes(20) + seconds(30)],
		]);
		await watch.return?.();
	});
});

describe("A watch ends", () => {
	/** What of this process is waiting for a timer. */
	const timers = () =>
		process.getActiveResourcesInfo().filter((each) => each === "Timeout")
			.length;

	/** A watch that has handed over its first token, and waits by a real timer for the next. */
	async function waiting(signal?: AbortSignal) {
		const before = timers();
		const watch = watchToken(stranger("token"), VAULT, {
			...(signal && { signal }),
		});
		await watch.next();
		const next = watch.next();
		while (timers() === before) await new Promise(setImmediate);
		return { before, next, watch };
	}

	test("when its signal fires, without an error, a timer or a listener", async () => {
		const controller = new AbortController();
		const { before, next, watch } = await waiting(controller.signal);
		assert.equal(timers(), before + 1);
		controller.abort();
		assert.deepEqual(await next, { done: true, value: undefined });
		assert.deepEqual(await watch.next(), { done: true, value: undefined });
		assert.equal(timers(), before);
		assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
	});

	test("when it is told to return, although somebody waits for a token", async () => {
		const controller = new AbortController();
		const { before, next, watch } = await waiting(controller.signal);
		assert.deepEqual(await watch.return?.(), { done: true, value: undefined });
		assert.deepEqual(await next, { done: true, value: undefined });
		assert.equal(timers(), before);
		assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
	});

	test("when its loop is left, and when it returns before it began", async () => {
		const controller = new AbortController();
		const { signal } = controller;
		const before = timers();
		for await (const { token } of watchToken(stranger("token"), VAULT, {
			signal,
		})) {
			assert.equal(token, "token");
			break;
		}
		const credential = stranger("token");
		const watch = watchToken(credential, VAULT, { signal });
		await watch.return?.();
		assert.deepEqual(await watch.next(), { done: true, value: undefined });
		assert.equal(credential.asked.length, 0);
		assert.equal(timers(), before);
		assert.deepEqual(getEventListeners(signal, "abort"), []);
	});

	test("before it began, when its signal has fired, and nobody is asked", async () => {
		const credential = stranger("token");
		for await (const _ of watchToken(credential, VAULT, {
			signal: AbortSignal.abort(),
		}))
			assert.fail("there is a token");
		assert.equal(credential.asked.length, 0);
	});

	test("although the credential does not hear, and what it says later is of no account", async () => {
		const answers: ((token: AccessToken) => void)[] = [];
		const failures: ((error: Error) => void)[] = [];
		for (const settle of [
			() => answers[0]?.(tokenNamed("late")),
			() => failures[1]?.(down),
		]) {
			const controller = new AbortController();
			const deaf = stranger(
				() =>
					new Promise((resolve, reject) => {
						answers.push(resolve);
						failures.push(reject);
					}),
			);
			const next = watchToken(deaf, VAULT, {
				signal: controller.signal,
			}).next();
			while (deaf.asked.length === 0) await new Promise(setImmediate);
			controller.abort();
			assert.deepEqual(await next, { done: true, value: undefined });
			settle();
			await new Promise(setImmediate);
		}
	});

	test("without keeping the process, when that is not wanted", async () => {
		const time = virtualTime();
		let unreferenced = 0;
		for (const ref of [undefined, true, false]) {
			const watch = watchToken(stranger("token"), VAULT, {
				now: time.now,
				...(ref !== undefined && { ref }),
				setTimeout: (callback, milliseconds) => {
					time.setTimeout(callback, milliseconds);
					return {
						unref: () => {
							unreferenced += 1;
						},
					};
				},
			});
			await watch.next();
			const started = time.started.length;
			const next = watch.next();
			while (time.started.length === started) await new Promise(setImmediate);
			await watch.return?.();
			await next;
		}
		assert.equal(unreferenced, 1);
	});

	test("with an error for whoever asks first, and quietly for those behind", async () => {
		const watch = watchToken(stranger(down), VAULT);
		const [first, second] = [failureOf(watch.next()), watch.next()];
		assert.equal(await first, down);
		assert.deepEqual(await second, { done: true, value: undefined });
	});
});
