import os from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Fault, Trial } from "../fault.ts";
import type { Word, Work } from "../fuzz/worker.ts";

/** Longer than any input takes, on a machine that is busy with much else. */
const LONGEST_MS = 20_000;
const LOOK_EVERY_MS = 200;

const MUST_HOLD = "no crash, no hang, no secret in errors";
const BUDGETS = { short: 20_000, usual: 10_000_000, long: 200_000_000 };

function fuzzed(name: string, what: string): Fault {
	return {
		name,
		what: `damaged input: ${what}`,
		mustHold: MUST_HOLD,
		unit: "inputs",
		budgets: BUDGETS,
		needs: [],
		run: (trial) => fuzz(name, trial),
	};
}

/** Every parser of what comes from outside. */
export const parsers: readonly Fault[] = [
	fuzzed("documents", "cache documents, read and edited"),
	fuzzed(
		"answers",
		"token responses and refusals of Entra and of managed identity hosts",
	),
	fuzzed("challenges", "challenge headers and claims"),
	fuzzed("pem", "PEM and PKCS#12"),
	fuzzed("tool-output", "what az, azd and PowerShell print"),
];

async function fuzz(name: string, trial: Trial) {
	const { budget, random, progress } = trial;
	const seed = random.below(2 ** 31);
	const workers = Math.max(1, os.availableParallelism());
	const share = Math.ceil(budget / workers);
	const works: Work[] = Array.from({ length: workers }, (_, index) => ({
		target: name,
		seed,
		from: Math.min(index * share, budget),
		to: Math.min((index + 1) * share, budget),
		current: new SharedArrayBuffer(4),
	}));
	const done = () =>
		works.reduce(
			(sum, work) => sum + Math.max(0, currentOf(work) - work.from),
			0,
		);
	const interval = setInterval(() => progress(done()), LOOK_EVERY_MS);
	try {
		const taken = await Promise.all(works.map((work) => ended(work, trial)));
		const sum = taken.reduce((one, other) => one + other, 0);
		return {
			done: done(),
			notes: [
				`${sum.toLocaleString("en")} of them were taken, the others refused with an error that callers know`,
			],
		};
	} finally {
		clearInterval(interval);
	}
}

const currentOf = ({ current }: Work) =>
	Atomics.load(new Int32Array(current), 0);

/** How many inputs the worker's parser took. */
async function ended(work: Work, { broken }: Trial): Promise<number> {
	const worker = new Worker(new URL("../fuzz/worker.ts", import.meta.url), {
		workerData: work,
	});
	let taken = 0;
	worker.on("message", (word: Word) => {
		if ("broken" in word) broken(word.broken);
		else taken = word.taken;
	});
	const over = new AbortController();
	const end = new Promise<void>((resolve) => {
		worker.on("error", (error) =>
			broken(`input ${currentOf(work)} ends the process: ${error}`),
		);
		worker.on("exit", () => resolve());
	}).finally(() => over.abort());
	await Promise.race([end, hung(work, over.signal)]).catch((error) =>
		broken(error.message),
	);
	await worker.terminate();
	return taken;
}

/** Rejects when one input takes too long. */
async function hung(work: Work, over: AbortSignal): Promise<void> {
	let seen = -1;
	let since = performance.now();
	while (!over.aborted) {
		await pause(LOOK_EVERY_MS, undefined, { ref: false });
		const current = currentOf(work);
		if (current !== seen) since = performance.now();
		seen = current;
		if (performance.now() - since > LONGEST_MS && current < work.to)
			throw new Error(`input ${current} takes longer than ${LONGEST_MS} ms`);
	}
}
