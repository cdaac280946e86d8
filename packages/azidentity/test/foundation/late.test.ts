import assert from "node:assert/strict";
import { test } from "vitest";
import { late } from "../../src/foundation/late.ts";

/** Counts its calls, as what a source learns would be. */
function counter() {
	let calls = 0;
	return async (step: number) => {
		calls += step;
		return calls;
	};
}

test("nothing is made before the first call, and what is made then serves all calls", async () => {
	let made = 0;
	const count = late(async () => {
		made += 1;
		return counter();
	});
	assert.equal(made, 0);
	assert.equal(await count(1), 1);
	assert.equal(await count(2), 3);
	assert.equal(made, 1);
});

test("calls that come while it is being made share one, whoever is faster", async () => {
	const count = late(async () => counter());
	const counted = await Promise.all([count(1), count(1), count(1)]);
	assert.deepEqual(counted.sort(), [1, 2, 3]);
});

test("what could not be made is tried again by the next call", async () => {
	let tries = 0;
	const count = late(async () => {
		tries += 1;
		if (tries === 1) throw new Error("too many open files");
		return counter();
	});
	await assert.rejects(count(1), /too many open files/);
	assert.equal(await count(1), 1);
});
