import { timesLess } from "../asked.js";
import { startProcess, startWork, work } from "../processes.js";
import { LIBRARIES } from "../subjects.js";

const NOTHING = new URL("../programs/nothing.js", import.meta.url).pathname;

export const row = {
	title: "fresh process, first token from a cache on disk",
	how: "A process is started on a cache on disk in which an earlier one left 50 tokens, and asks for one of them: from the start of the process, Node's own start included, to its token. No request is made. `Node alone` starts and prints a line: nothing that runs on it is faster.",
	unit: "ms",
	subjects: [...LIBRARIES, "node"],
	turns: { full: 11, quick: 3 },
	asked: [timesLess(5, { title: "first token of a process, from disk" })],
	async prepare(subject, { scratch }) {
		if (subject === "node") return {};
		const { home, name: cache } = scratch.cache();
		await work(subject, { do: "each", count: 50, cache }, { home });
		return { home, cache };
	},
	async measure(subject, { home, cache }) {
		const job = { do: "each", count: 1, tells: true, cache };
		const { ended } =
			subject === "node"
				? startProcess([process.execPath, NOTHING])
				: await startWork(subject, job, { home });
		const { said, firstMs } = await ended;
		if (said[0].requests > 0) throw new Error("it asked the service again");
		return firstMs;
	},
};
