import { timesLess } from "../asked.js";
import { work } from "../processes.js";
import { LIBRARIES } from "../subjects.js";

const TOKENS = 500;

export const row = {
	title: "hit on a persistent cache of 500 tokens",
	how: "A process asks again and again for one token of a cache on disk that holds 500: what the call costs, the best of three runs each. No request is made.",
	unit: "µs",
	subjects: LIBRARIES,
	turns: { full: 3, quick: 1 },
	asked: [timesLess(500, { title: "hit on 500 tokens on disk" })],
	async prepare(subject, { scratch }) {
		const { home, name: cache } = scratch.cache();
		await work(subject, { do: "each", count: TOKENS, cache }, { home });
		return { home, cache };
	},
	async measure(subject, { home, cache }) {
		const asked = TOKENS / 2;
		const job = { do: "hit", tokens: TOKENS, isFilled: true, asked, ms: 200 };
		const { us, requests } = await work(subject, { ...job, cache }, { home });
		if (requests > 0) throw new Error("it asked the service again");
		return us;
	},
};
