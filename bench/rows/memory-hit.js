import { forComparison, timesLess } from "../asked.js";
import { work } from "../processes.js";
import { LIBRARIES } from "../subjects.js";

/** Filling them with more would take hours, as each new token searches those before. */
const OTHERS_REACH = 5_000;
const SIZES = [1, 100, 500, 5_000, 100_000];

const sizes = SIZES.map((at) => {
	const title = at.toLocaleString("en");
	return { key: String(at), at, title };
});

export const row = {
	title: "hit in memory",
	how: "One `getToken` answered from memory, with so many tokens of 1.5 kB remembered; the best of three runs each. `In turn` asks for all of them one after the other: what that costs more is the processor's memory, not a search. The others are filled up to 5,000 tokens: each new one searches those before.",
	unit: "µs",
	subjects: LIBRARIES,
	turns: { full: 1, quick: 1 },
	plot: "lines",
	along: "tokens remembered",
	columns: [...sizes, { key: "in-turn", title: "100,000, in turn" }],
	asked: [
		timesLess(200, { column: "1", title: "hit in memory, 1 remembered" }),
		timesLess(200, { column: "100", title: "hit in memory, 100 remembered" }),
		timesLess(5_000, {
			...{ column: "5000", title: "hit in memory, 5,000 remembered" },
		}),
		{
			...{ column: "100000", title: "hit in memory, 100,000 remembered" },
			text: "at most 3 × of 1 token",
			isReached: ({ ours, median }) => ours <= 3 * median("azidentity", "1"),
		},
		forComparison({
			...{ column: "in-turn", title: "the same, asked for in turn" },
		}),
	],
	async measure(subject, _prepared, _bench, { key, at = 100_000 }) {
		if (subject !== "azidentity" && at > OTHERS_REACH) return undefined;
		const asked = Math.floor(at / 2);
		const job = { do: "hit", tokens: at, asked, ms: 200 };
		const { us, requests } = await work(subject, {
			...{ ...job, inTurn: key === "in-turn" },
		});
		if (requests > 0) throw new Error("it asked the service again");
		return us;
	},
};
