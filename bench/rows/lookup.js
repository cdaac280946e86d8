import { runMeasure } from "../run-measure.js";

export const row = {
	title: "a token looked up on disk that this process has not asked for yet",
	how: "`getToken` for a token that lies in the cache on disk among so many, with a memory that is empty and a document that has been read before.",
	unit: "µs",
	subjects: ["azidentity"],
	turns: { full: 1, quick: 1 },
	columns: [100, 10_000].map((at) => ({
		...{ key: String(at), at, title: `among ${at.toLocaleString("en")}` },
	})),
	asked: [
		{
			...{ column: "10000", title: "looked up on disk, among 10,000" },
			text: "at most 3 × of 100 tokens",
			isReached: ({ ours, median }) => ours <= 3 * median("azidentity", "100"),
		},
	],
	async measure(_subject, _prepared, { scratch }, { at }) {
		const { home: directory, name } = scratch.cache();
		return (await runMeasure("disk-lookup", [at], { directory, name })).us;
	},
};
