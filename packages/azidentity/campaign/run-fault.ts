import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Fault } from "./fault.ts";
import { lackOf } from "./needs.ts";
import { progressOf } from "./progress.ts";
import { randomFrom } from "./random.ts";

/** What became of one fault. */
export interface Row {
	readonly name: string;
	readonly what: string;
	readonly mustHold: string;
	readonly unit: string;
	readonly seed: number;
	readonly budget: number;
	readonly done: number;
	readonly notes: readonly string[];
	readonly milliseconds: number;
	/** What did not hold, the first ones in words. */
	readonly broken: readonly string[];
	/** How often something did not hold. */
	readonly brokenCount: number;
	/** Why it was not run here. */
	readonly lack?: string;
}

/** So many are told in words: they mostly have one cause. */
const TOLD = 20;

/** Runs one fault. Never rejects: that it could not be run to its end is something that did not hold. */
export async function runFault(
	fault: Fault,
	seed: number,
	budget: number,
): Promise<Row> {
	const { name, what, mustHold, unit } = fault;
	const row = { name, what, mustHold, unit, seed, budget };
	const nothing = { done: 0, notes: [], milliseconds: 0, brokenCount: 0 };
	const lack = lackOf(fault.needs);
	if (lack !== undefined) return { ...row, ...nothing, broken: [], lack };
	const scratch = mkdtempSync(path.join(tmpdir(), "azidentity-campaign-"));
	const progress = progressOf(name, unit, budget);
	const broken: string[] = [];
	let brokenCount = 0;
	const tell = (problem: string) => {
		brokenCount += 1;
		if (brokenCount <= TOLD) broken.push(problem);
	};
	let figures = { done: 0, notes: [] as readonly string[] };
	try {
		const random = randomFrom(seed);
		const show = progress.show;
		const trial = { budget, random, scratch, progress: show, broken: tell };
		figures = await fault.run(trial);
		if (figures.done < budget)
			tell(`only ${figures.done} of ${budget} ${unit} were done`);
	} catch (error) {
		brokenCount += 1;
		broken.unshift(`the campaign itself failed: ${(error as Error).stack}`);
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
	const milliseconds = Math.round(progress.end());
	return { ...row, ...figures, milliseconds, broken, brokenCount };
}
