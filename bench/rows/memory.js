import { atMost } from "../asked.js";
import { work } from "../processes.js";
import { LIBRARIES, OF_NODE } from "../subjects.js";

const TOKENS = 10_000;

export const row = {
	title: "memory of 10,000 tokens",
	how: "What 10,000 remembered tokens of 1.5 kB add to the heap, after a collection: ten clients with 1,000 each, since filling one with all would take the others minutes.",
	unit: "bytes",
	subjects: LIBRARIES,
	turns: { full: 3, quick: 1 },
	asked: [atMost(2_200 * TOKENS, "22 MB")],
	async measure(subject) {
		const job = { do: "memory", tokens: TOKENS, credentials: 10 };
		const nodeArgs = OF_NODE.includes(subject) ? ["--expose-gc"] : [];
		return TOKENS * (await work(subject, job, { nodeArgs })).bytes;
	},
};
