import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { startEmulator } from "@azidentity/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, test } from "vitest";
import {
	describeUnless,
	FIRST_RUN_MS,
	goProgram,
	lackOfGo,
	lackOfPython,
	pythonWithMsal,
} from "./foreign-libraries.ts";
import {
	type OurWay,
	type Said,
	type SharedCache,
	sharedCache,
	tokensIn,
} from "./shared-cache.ts";
import { type Aftermath, type Participant, storm } from "./storm.ts";

const TOKENS = 10;

let emulator: Emulator;
let cache: SharedCache;
beforeAll(async () => {
	emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => {
	cache = sharedCache(emulator);
});
afterEach(() => cache.remove());

const several = (
	count: number,
	who: string,
	run: Participant["run"],
): Participant[] =>
	Array.from({ length: count }, (_, index) => ({
		who: `${who}-${index}`,
		run,
	}));
const ours = (how: OurWay = {}) =>
	several(4, "ours", (job, onSaid) =>
		cache.ours(job, { isWatched: true, ...how }, onSaid),
	);

/** That each of our programs got all it asked for, and that no write of ours lost what it found. */
function assertNothingLostByUs({ said, writes }: Aftermath): void {
	for (const [who, each] of said)
		if (who.startsWith("ours")) assert.equal(tokensIn(each).size, TOKENS);
	assert.ok(writes.length >= TOKENS, `${writes.length} writes`);
	assert.deepEqual(
		writes.flatMap(({ lost }) => lost),
		[],
	);
}

/** That entries of theirs were there, for us to lose. */
function assertFound(who: string, { writes }: Aftermath): void {
	const isTheirs = (key: string) => key.includes(`https://${who}`);
	assert.ok(writes.some(({ before }) => before.some(isTheirs)));
}

/** What Go says when it reads the file while another Go program writes it: Go truncates it first, and reads it once. */
const HALF_WRITTEN = /incorrectly formatted JWE/;

describeUnless(lackOfGo, "when Go's programs and ours write at once", () => {
	let go: string;
	beforeAll(() => {
		go = goProgram();
	}, FIRST_RUN_MS);

	test("no write of ours loses an entry of theirs", async () => {
		const theirs = several(2, "go", (job, onSaid) => cache.go(go, job, onSaid));
		const aftermath = await storm(theirs, ours(), TOKENS, 0);
		assertNothingLostByUs(aftermath);
		for (const { who } of theirs) {
			assertFound(who, aftermath);
			for (const { failed } of aftermath.said.get(who) as Said[])
				if (failed !== undefined) assert.match(failed, HALF_WRITTEN);
		}
	});
});

describeUnless(
	lackOfPython,
	"when Python's programs and ours write at once",
	() => {
		let python: string;
		beforeAll(() => {
			python = pythonWithMsal();
		}, FIRST_RUN_MS);

		test("no write of ours loses an entry of theirs, and each gets its tokens", async () => {
			const theirs = several(2, "python", (job, onSaid) =>
				cache.python(python, job, onSaid),
			);
			const all = ours({ withoutKeys: true });
			const aftermath = await storm(theirs, all, TOKENS, 0);
			assertNothingLostByUs(aftermath);
			for (const { who } of theirs) {
				assertFound(who, aftermath);
				assert.equal(tokensIn(aftermath.said.get(who) as Said[]).size, TOKENS);
			}
		});
	},
);
