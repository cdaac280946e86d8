import { createHash } from "node:crypto";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { entriesIn } from "../../test/interop/programs/open-document.js";
import { newCache } from "../../test/persistent/programs.ts";
import type { Fault, Trial } from "../fault.ts";
import { type FillingProcess, fillingProcess } from "../filling-process.ts";
import { outlivedLock } from "../outlived-lock.ts";
import { type Measured, summaryOf } from "../stall-watch.ts";

/** Processes that fill one cache at the same time. */
const AT_ONCE = 8;

/** Then the next cache is begun: a document of a few hundred tokens is written in a millisecond, as in real use. */
const KILLS_PER_CACHE = 100;

/** More tokens than any process lives to get. */
const SCOPES = 40;

/** A process is killed after a number of tokens below this, and then at a random instant within the time of a few more. */
const MOST_TOKENS = 8;
const LONGEST_WAIT_MS = 12;
/** One in so many is killed while it starts. */
const KILLED_AT_START = 8;
const LONGEST_START_MS = 400;

/** No lock may outlive its process by more. */
const LIMIT_MS = 100;

export const kills: Fault = {
	name: "kills",
	what: "processes killed with SIGKILL at random instants while they fill one persistent cache",
	mustHold:
		"the cache always opens; no token that a caller was handed before the kill is lost; no lock outlives its process by more than 100 ms",
	unit: "kills",
	budgets: { short: 40, usual: 2_000, long: 100_000 },
	needs: ["keyring"],
	isVaried: true,
	async run(trial) {
		const sum = { done: 0, handed: 0, locks: [] as Measured[] };
		while (sum.done < trial.budget) {
			const count = Math.min(KILLS_PER_CACHE, trial.budget - sum.done);
			await fillAndKill(trial, count, sum);
		}
		return { done: sum.done, notes: notesOf(sum) };
	},
};

interface Sum {
	done: number;
	/** Tokens that callers were handed. */
	handed: number;
	/** Of the processes that held the document's lock when they were killed. */
	readonly locks: Measured[];
}

/** One cache: so many kills, and then a process that looks for all that callers were handed. */
async function fillAndKill(trial: Trial, count: number, sum: Sum) {
	const cache = newCache();
	const file = path.join(cache.directory, cache.name);
	const all: FillingProcess[] = [];
	/** The scopes whose loss was told. */
	const lost = new Set<string>();
	let left = count;
	async function killOneByOne() {
		while (left > 0) {
			left -= 1;
			const filling = fillingProcess(cache, scopesOf(all.length));
			all.push(filling);
			const lock = await killed(trial, filling, `${file}.lockfile`);
			if (lock !== undefined) sum.locks.push(lock);
			if (lock !== undefined && !lock.isVoid && lock.ms > LIMIT_MS)
				trial.broken(`a lock outlived its process by ${lock.ms} ms`);
			holdsAll(trial, file, all, lost);
			sum.done += 1;
			trial.progress(sum.done);
		}
	}
	try {
		await Promise.all(Array.from({ length: AT_ONCE }, killOneByOne));
		sum.handed += await readAgain(trial, cache, all, lost);
	} finally {
		for (const filling of all) filling.kill();
		cache.remove();
	}
}

function scopesOf(process: number): string[] {
	return Array.from(
		{ length: SCOPES },
		(_, index) => `https://resource-${process}-${index}.example/.default`,
	);
}

/** Kills it at a random instant; returns what became of the document's lock when it held it. */
async function killed(
	{ random, broken }: Trial,
	filling: FillingProcess,
	lockFile: string,
): Promise<Measured | undefined> {
	const isAtStart = random.below(KILLED_AT_START) === 0;
	const tokens = isAtStart ? 0 : 1 + random.below(MOST_TOKENS);
	const wait = random.next() * (isAtStart ? LONGEST_START_MS : LONGEST_WAIT_MS);
	if (tokens > 0) await filling.reached(tokens);
	await pause(wait);
	filling.kill();
	const { pid, goneAt } = filling;
	const lock = await outlivedLock(lockFile, pid, goneAt);
	await filling.ended;
	for (const failure of filling.failures) broken(failure);
	return lock;
}

/** That the document opens as it is now, and has each token that a caller was handed until now. */
function holdsAll(
	{ broken }: Trial,
	file: string,
	all: readonly FillingProcess[],
	lost: Set<string>,
): void {
	// Taken before the document is read: what is handed out while it is read may be in the next one only.
	const handed = all.flatMap((filling) =>
		[...filling.handed].map(([scope, hash]) => ({ filling, scope, hash })),
	);
	let entries: Map<string, string>;
	try {
		entries = handed.length > 0 ? entriesIn(file) : new Map();
	} catch (error) {
		broken(`after a kill the cache does not open: ${error}`);
		return;
	}
	const there = new Set(
		[...entries.values()].map((entry) => hashOf(JSON.parse(entry).secret)),
	);
	for (const { filling, scope, hash } of handed) {
		if (there.has(hash) || lost.has(scope)) continue;
		lost.add(scope);
		const said = filling.complaints() || "without a word";
		broken(`the token for ${scope} is lost, ${said}`);
	}
}

function hashOf(secret: unknown): string {
	return createHash("sha256").update(String(secret)).digest("hex");
}

/** That a new process finds each token that a caller was handed, with the authority off. Returns how many there are. */
async function readAgain(
	{ broken }: Trial,
	cache: ReturnType<typeof newCache>,
	all: readonly FillingProcess[],
	lost: ReadonlySet<string>,
): Promise<number> {
	const handed = new Map(all.flatMap((filling) => [...filling.handed]));
	const reader = fillingProcess(cache, [...handed.keys()], {
		isOffline: true,
	});
	await reader.ended;
	for (const [scope, hash] of handed)
		if (reader.handed.get(scope) !== hash && !lost.has(scope))
			broken(`the next process does not find the token for ${scope}`);
	return handed.size;
}

function notesOf({ handed, locks }: Sum): string[] {
	return [
		`${handed.toLocaleString("en")} tokens that callers were handed, all looked for after each kill and again by a new process`,
		`${locks.length.toLocaleString("en")} held the document's lock when they were killed; how long it outlived them: ${summaryOf(locks)}`,
	];
}
