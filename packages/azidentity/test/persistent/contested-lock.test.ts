import assert from "node:assert/strict";
import { test } from "vitest";
import { pauseAfter } from "../../src/stores/persistent/contested-lock.ts";

/** The pauses of who waits for so long, and when each begins. */
function pausesUpTo(limit: number) {
	const pauses: { at: number; pause: number }[] = [];
	for (let at = 0; at < limit; ) {
		const pause = pauseAfter(at);
		pauses.push({ at, pause });
		at += pause;
	}
	return pauses;
}

test("who waits looks often at first, and then 50 times a second", () => {
	const [first, ...rest] = pausesUpTo(400);
	assert.equal(first?.pause, 1);
	for (const [index, { pause }] of rest.entries())
		assert.ok(pause >= (rest[index - 1]?.pause ?? 1) && pause <= 20);
	assert.equal(rest.at(-1)?.pause, 20);
});

test("who has waited for long looks twice as often, and no more: where many wait, looks take the processor from who writes", () => {
	const long = pausesUpTo(2_000).filter(({ at }) => at >= 1_000);
	assert.ok(long.length > 0);
	for (const { pause } of long) assert.equal(pause, 10);
});
