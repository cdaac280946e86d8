import { atMost } from "../asked.js";
import { work } from "../processes.js";
import { runMeasure } from "../run-measure.js";
import { LIBRARIES } from "../subjects.js";

const TOKENS = 500;
const LIMIT_MS = 1_800;
const PART = 5;

export const row = {
	title: "500 tokens stored on disk, one by one",
	how: "`getToken` for 500 new scopes, one after the other, of a service that answers at once; each resolves after its token is on disk. This package and Go's encrypt; the others have a plain file here, and none of them waits for the disk. `The disk alone` writes a file of that size, synchronises and renames it as often.",
	unit: "ms",
	subjects: [...LIBRARIES, "disk"],
	turns: { full: 3, quick: 1 },
	asked: [
		atMost(LIMIT_MS, "1.8 s, and 1/5 of @azure/identity's", {
			times: PART,
			isReached: ({ ours, today }) =>
				ours <= LIMIT_MS &&
				(today === undefined ? undefined : today / ours >= PART),
		}),
	],
	async measure(subject, _prepared, { scratch }) {
		const { home, name: cache } = scratch.cache();
		if (subject === "disk")
			return (await runMeasure("disk-floor", [home, TOKENS, TOKENS])).ms;
		const job = { do: "each", count: TOKENS, cache, warms: true };
		return (await work(subject, job, { home })).ms;
	},
};
