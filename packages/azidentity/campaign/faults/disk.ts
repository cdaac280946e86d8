import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { removeKey } from "../../test/persistent/kernel-keys.ts";
import type { Fault, Trial } from "../fault.ts";
import { fillingProcess } from "../filling-process.ts";
import { TROUBLES, type Trouble } from "../troubles.ts";

/** Processes that are in trouble at the same time: most of them wait for something. */
const LANES = 4;

const SCOPES = ["stored", "new", "another"].map(
	(name) => `https://${name}.example/.default`,
);

export const disk: Fault = {
	name: "disk",
	what: "disk: full, out of inodes, read-only, input and output errors at each step of a write, slow, locks that a stopped process keeps",
	mustHold: "the token is still returned, with one warning",
	unit: "processes",
	budgets: {
		short: 6,
		usual: 5 * TROUBLES.length,
		long: 1_000 * TROUBLES.length,
	},
	needs: ["linux", "root", "keyring", "strace"],
	async run(trial) {
		const { budget, random } = trial;
		const left: Trouble[] = [];
		while (left.length < budget) left.push(...random.shuffled(TROUBLES));
		left.splice(budget);
		let done = 0;
		await Promise.all(
			Array.from({ length: LANES }, async () => {
				for (let next = left.pop(); next; next = left.pop()) {
					await survives(trial, next);
					done += 1;
					trial.progress(done);
				}
			}),
		);
		return { done, notes: [] };
	},
};

/** A process with a cache in this trouble gets all its tokens; when the trouble is over, they can be stored. */
async function survives(trial: Trial, trouble: Trouble): Promise<void> {
	const { what, arrange, warnings = 1 } = trouble;
	const told = (problem: string) => trial.broken(`${what}: ${problem}`);
	const scratch = mkdtempSync(path.join(trial.scratch, "disk-"));
	const name = path.basename(scratch);
	const place = { name, directory: path.join(scratch, "cache") };
	const { starter, end } = await arrange(place, () =>
		fill(place, SCOPES.slice(0, 1)),
	);
	try {
		const inTrouble = await fill(place, SCOPES, starter);
		for (const failure of inTrouble.failures) told(failure);
		const lines = inTrouble.complaints().split("\n");
		const warned = lines.filter((line) => line.includes("warning"));
		if (warned.length !== warnings)
			told(`${warned.length} warnings: ${warned.join("; ")}`);
	} catch (error) {
		told(String(error));
	} finally {
		await end();
	}
	const after = await fill(place, SCOPES);
	const again = await fill(place, SCOPES);
	for (const scope of SCOPES)
		if (after.handed.get(scope) !== again.handed.get(scope))
			told(`not healed when it is over: ${after.complaints()}`);
	removeKey(name);
	rmSync(scratch, { recursive: true, force: true });
}

async function fill(
	place: { name: string; directory: string },
	scopes: readonly string[],
	starter: readonly string[] = [],
) {
	const filling = fillingProcess(place, scopes, { starter });
	await filling.ended;
	return filling;
}
