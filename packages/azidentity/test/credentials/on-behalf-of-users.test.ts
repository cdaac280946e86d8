import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "vitest";
import { BusyApi, type Call, JUMPS } from "./on-behalf-of-users.ts";

/** So many that most are there once, and some often enough to meet themselves. */
const USERS = 2_000;
const CALLS = 3_000;

const call: fc.Arbitrary<Call> = fc.record({
	user: fc.oneof(
		{ weight: 4, arbitrary: fc.nat(USERS) },
		{ weight: 1, arbitrary: fc.nat(5) },
	),
	tenant: fc.constantFrom("home", "other"),
	scope: fc.constantFrom("api://a/.default", "api://b/.default"),
	cae: fc.boolean(),
	canAbort: fc.boolean(),
});

/** What happens between one request to the API and the next. */
const between = fc.record({
	answers: fc.array(fc.nat(1_000), { maxLength: 3 }),
	aborted: fc.option(fc.nat(20), { freq: 3 }),
	jump: fc.nat(199),
});

/** Lets everything that is ready to run, run. */
async function settled(): Promise<void> {
	for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}

/** Plays one day of an API, in the order given. */
async function play(
	steps: [Call, typeof between extends fc.Arbitrary<infer T> ? T : never][],
) {
	const api = new BusyApi();
	for (const [next, { answers, aborted, jump }] of steps) {
		api.serve(next);
		if (aborted !== null) api.callers.at(-1 - aborted)?.controller.abort();
		if (answers.length === 0) continue;
		await settled();
		for (const which of answers) api.answer(which);
		await settled();
		// Rarely: most of the day, the clock stands still.
		api.clock.advance(JUMPS[jump] ?? 0);
	}
	for (await settled(); api.openRequests > 0; await settled())
		while (api.openRequests > 0) api.answer(0);
	return api;
}

test("thousands of users at once, in any order, with any aborts, on one cache: nobody gets another's token, nothing is asked for twice, and nobody is left waiting", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(call, between), {
				minLength: CALLS,
				maxLength: CALLS,
			}),
			async (steps) => {
				const api = await play(steps);
				assert.deepEqual(api.violations.slice(0, 5), []);
				for (const { controller, failure, isWaiting } of api.callers) {
					assert.equal(isWaiting, false);
					const hasLeft = controller.signal.aborted;
					if (failure !== undefined) assert.ok(hasLeft, String(failure));
				}
				const kinds = [...api.grants.keys()].sort();
				assert.deepEqual(kinds, [
					"refresh_token",
					"urn:ietf:params:oauth:grant-type:jwt-bearer",
				]);
			},
		),
		{
			numRuns: 3,
			// Thousands of steps are not made fewer, which would take minutes, and not printed.
			endOnFailure: true,
			reporter({ errorInstance, failed, seed }) {
				if (failed)
					throw new Error(`with the seed ${seed}`, { cause: errorInstance });
			},
		},
	);
}, 60_000);
