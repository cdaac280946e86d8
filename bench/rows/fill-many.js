import { forComparison } from "../asked.js";
import { work } from "../processes.js";
import { runMeasure } from "../run-measure.js";

/** So many are stored one by one on top of those that are there. */
const STORED = 20;
/** Today's package takes minutes to reach a thousand. */
const TODAY_REACHES = 500;

export const row = {
	title: "one more token stored, among up to 10,000 on disk",
	how: "Go's format is one encrypted file, written whole for each change, so each token costs as much as all that are there: the time for one of 20 tokens stored one by one on top of the others. `The disk alone` writes, synchronises and renames a file of that size; `the cipher alone` seals as many bytes (AES-CBC, HMAC, base64). Tokens that are wanted at the same time are written together and cost one write.",
	unit: "ms",
	subjects: ["azidentity", "azure-identity", "disk", "cipher"],
	turns: { full: 3, quick: 1 },
	plot: "lines",
	along: "tokens on disk",
	columns: [100, 500, 1_000, 2_000, 5_000, 10_000].map((at) => ({
		...{ key: String(at), at, title: at.toLocaleString("en") },
	})),
	asked: [forComparison({ column: "500", title: "one token stored, of 500" })],
	async measure(subject, _prepared, { scratch }, { at }) {
		if (subject === "azure-identity" && at > TODAY_REACHES) return undefined;
		const { home, name: cache } = scratch.cache();
		if (subject === "disk" || subject === "cipher") {
			const floor = await runMeasure(`${subject}-floor`, [home, STORED, at]);
			return floor.ms / STORED;
		}
		const isOurs = subject === "azidentity";
		const before = { do: "each", count: at, cache };
		if (!isOurs) await work(subject, before, { home });
		const job = { ...before, count: STORED, from: at, warms: true };
		const { ms } = await work(subject, { ...job, together: isOurs }, { home });
		return ms / STORED;
	},
};
