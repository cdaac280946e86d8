import { exactly } from "../asked.js";
import { firstLine, startWork } from "../processes.js";
import { LIBRARIES } from "../subjects.js";

const PROCESSES = 32;
/** As long as a real service takes. */
const DELAY_MS = 200;

export const row = {
	title: "32 cold processes that want the same token",
	how: "32 processes on one empty cache on disk ask for the same token at the same moment, of a service that takes 200 ms: the requests that it sees.",
	unit: "requests",
	subjects: LIBRARIES,
	turns: { full: 3, quick: 1 },
	asked: [
		exactly(1, "1 request", { title: "32 processes that want one token" }),
	],
	async measure(subject, _prepared, { scratch }) {
		const { home, name: cache } = scratch.cache();
		const job = { do: "each", count: 1, delay: DELAY_MS, cache };
		const processes = await Promise.all(
			Array.from({ length: PROCESSES }, () =>
				startWork(subject, { ...job, waits: true, tells: true }, { home }),
			),
		);
		await Promise.all(processes.map(({ ready }) => ready));
		for (const { go } of processes) go();
		const ends = await Promise.all(processes.map(({ ended }) => ended));
		return ends
			.map(({ said, complaints }) => {
				const { requests } = said.at(-1) ?? {};
				if (requests === undefined) throw new Error(firstLine(complaints));
				return requests;
			})
			.reduce((sum, each) => sum + each);
	},
};
