import { exactly } from "../asked.js";
import { firstLine, startWork } from "../processes.js";
import { LIBRARIES } from "../subjects.js";

const PROCESSES = 8;
const TOKENS = 20;

export const row = {
	title: "8 processes that fill one cache at the same time",
	how: "Eight processes get 20 tokens each, all at once, in one cache on disk. Afterwards a fresh process asks for every token that one of them was handed: what is lost, it has to ask the service for again. A call fails, or a process crashes, where another holds the file or is writing it.",
	unit: "",
	subjects: LIBRARIES,
	turns: { full: 3, quick: 1 },
	columns: [
		{ key: "crashed", title: "processes crashed" },
		{ key: "failed", title: "calls failed" },
		{ key: "lost", title: "tokens lost" },
	],
	asked: [
		exactly(0, "none", {
			...{ column: "crashed", title: "8 processes × 20 tokens: crashed" },
		}),
		exactly(0, "none", {
			...{ column: "lost", title: "8 processes × 20 tokens: lost" },
		}),
	],
	async measure(subject, _prepared, { scratch }) {
		const { home, name: cache } = scratch.cache();
		const processes = await Promise.all(
			Array.from({ length: PROCESSES }, (_, index) => {
				const job = { do: "each", from: index * TOKENS, count: TOKENS, cache };
				const flags = { tells: true, waits: true };
				return startWork(subject, { ...job, ...flags }, { home });
			}),
		);
		await Promise.all(processes.map(({ ready }) => ready));
		for (const { go } of processes) go();
		const ends = await Promise.all(processes.map(({ ended }) => ended));
		const told = ends.flatMap(({ said }) =>
			said.filter(({ number }) => number !== undefined),
		);
		const handed = told.filter(({ failed }) => failed === undefined);
		if (handed.length === 0) throw new Error(firstLine(ends[0].complaints));
		return {
			crashed: ends.filter(({ code }) => code !== 0).length,
			failed: told.length - handed.length,
			lost: await lostOf(subject, handed, { home, cache }),
		};
	},
};

/** How many of the tokens a fresh process has to ask the service for. */
async function lostOf(subject, handed, { home, cache }) {
	const count = PROCESSES * TOKENS;
	const job = { do: "each", count, cache, tells: true };
	const { said } = await (await startWork(subject, job, { home })).ended;
	const asked = new Map(
		said
			.filter(({ number }) => number !== undefined)
			.map(({ number, requests }, index, all) => [
				number,
				requests - (all[index - 1]?.requests ?? 0),
			]),
	);
	// A file that cannot be read at all fails the call, and its token is as lost.
	return handed.filter(({ number }) => (asked.get(number) ?? 1) > 0).length;
}
