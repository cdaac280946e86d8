import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
	abortable,
	abortError,
	delay,
	throwIfAborted,
} from "../../src/foundation/abort.ts";
import { rememberedFlights } from "../../src/foundation/remembered-flights.ts";

const never = () => new AbortController().signal;
const isAbort = { name: "AbortError" };

describe("a delay", () => {
	test("is over when its timer fires", async () => {
		let fire = (): void => {};
		const waiting = delay(5_000, {
			setTimeout: (callback, milliseconds) => {
				assert.equal(milliseconds, 5_000);
				fire = callback;
			},
		});
		fire();
		await waiting;
	});

	test("ends with an AbortError at once, and stops its timer", async () => {
		const controller = new AbortController();
		const timers: NodeJS.Timeout[] = [];
		const waiting = delay(3_600_000, {
			signal: controller.signal,
			setTimeout: (callback, milliseconds) => {
				const timer = setTimeout(callback, milliseconds);
				timers.push(timer);
				return timer;
			},
		});
		controller.abort();
		await assert.rejects(waiting, isAbort);
		// A timer that was stopped has no handle to keep the process alive.
		assert.equal(
			(timers[0] as unknown as { _destroyed: boolean })._destroyed,
			true,
		);
		await assert.rejects(delay(1, { signal: controller.signal }), isAbort);
	});

	test("longer than a timer can be does not fire at once", async () => {
		let asked = 0;
		void delay(1e12, {
			setTimeout: (_, milliseconds) => {
				asked = milliseconds;
			},
		});
		assert.equal(asked, 2 ** 31 - 1);
	});
});

describe("work that can be left", () => {
	test("ends as the work does", async () => {
		assert.equal(await abortable(Promise.resolve(7), never()), 7);
		await assert.rejects(abortable(Promise.reject(new Error("own")), never()), {
			message: "own",
		});
	});

	test("ends with an AbortError at once, even if the work goes on and fails later", async () => {
		const controller = new AbortController();
		let fail = (_: Error): void => {};
		const work = new Promise<never>((_, reject) => {
			fail = reject;
		});
		const left = abortable(work, controller.signal);
		controller.abort();
		await assert.rejects(left, isAbort);
		fail(new Error("late"));
		await assert.rejects(
			abortable(Promise.resolve(1), controller.signal),
			isAbort,
		);
	});

	test("is recognised by the name of its error", () => {
		assert.equal(abortError("gone").message, "gone");
		assert.throws(() => throwIfAborted(AbortSignal.abort()), isAbort);
		throwIfAborted(undefined);
		throwIfAborted(never());
	});
});

describe("a flight that is remembered", () => {
	test("is run once per key, and answers for good", async () => {
		const join = rememberedFlights<string>();
		let runs = 0;
		const run = async () => `answer ${++runs}`;
		assert.deepEqual(
			await Promise.all([
				join("a", never(), run),
				join("a", never(), run),
				join("b", never(), run),
			]),
			["answer 1", "answer 1", "answer 2"],
		);
		assert.equal(await join("a", never(), run), "answer 1");
	});

	test("is run again after a failure", async () => {
		const join = rememberedFlights<string>();
		await assert.rejects(
			join("a", never(), () => Promise.reject(new Error("no"))),
		);
		assert.equal(await join("a", never(), async () => "yes"), "yes");
	});

	test("stops when the last caller has left, and a late failure of it harms nobody", async () => {
		const join = rememberedFlights<string>();
		const first = new AbortController();
		const second = new AbortController();
		let stopped: AbortSignal | undefined;
		let fail = (_: Error): void => {};
		const run = (signal: AbortSignal) => {
			stopped = signal;
			return new Promise<never>((_, reject) => {
				fail = reject;
			});
		};
		const one = join("a", first.signal, run);
		const two = join("a", second.signal, run);
		first.abort();
		await assert.rejects(one, isAbort);
		assert.equal(stopped?.aborted, false);
		second.abort();
		await assert.rejects(two, isAbort);
		assert.equal(stopped?.aborted, true);
		const fresh = join("a", never(), async () => "fresh");
		fail(new Error("late"));
		assert.equal(await fresh, "fresh");
		assert.equal(await join("a", never(), async () => "again"), "fresh");
	});
});
