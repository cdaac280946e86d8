import type { Emulator } from "@azidentity/emulator";
import { startEmulator } from "@azidentity/emulator";
import {
	buildGoProgram,
	pythonWithMsal,
} from "../../test/interop/foreign-programs.ts";
import {
	type Replaced,
	type Said,
	type SharedCache,
	sharedCache,
} from "../../test/interop/shared-cache.ts";
import {
	type Aftermath,
	type Participant,
	several,
	storm,
	watched,
} from "../../test/interop/storm.ts";
import type { Fault, Trial } from "../fault.ts";

/** Programs of Go, of Python, and of ours beside each of the two. */
const OF_EACH = 4;
const AT_ONCE = 4 * OF_EACH;

/** Each program gets so many, and waits for so long after each: all write at the same time for seconds. */
const TOKENS = 15;
const PAUSE_MS = 200;

export const languages: Fault = {
	name: "languages",
	what: "4 programs of Go, 4 of Python and 8 of ours at the same time on one cache: Go's and ours on the encrypted file, Python's and ours on the plain one",
	mustHold:
		"0 errors on our side; no write of ours loses an entry of anybody; what unmerged writes of others drop of ours comes back with our next write",
	unit: "processes",
	budgets: { short: AT_ONCE, usual: 10 * AT_ONCE, long: 500 * AT_ONCE },
	needs: ["linux", "keyring", "go", "python"],
	async run(trial) {
		const sum = { writes: 0, dropped: 0, back: 0, failed: 0 };
		const emulator = await startEmulator();
		let done = 0;
		try {
			const go = buildGoProgram(trial.scratch);
			const python = pythonWithMsal();
			for (; done < trial.budget; done += AT_ONCE) {
				trial.progress(done);
				await oneStorm(trial, { emulator, go, python }, sum);
			}
		} finally {
			await emulator.close();
		}
		return { done, notes: notesOf(sum) };
	},
};

interface Sum {
	/** Writes of ours that were watched. */
	writes: number;
	/** Entries of ours that were there after a write of ours and not before the next. */
	dropped: number;
	/** Entries that a program of ours put back. */
	back: number;
	/** Calls of others that failed: Go on a file that another Go program was writing, Python when it found no turn. */
	failed: number;
}

interface Programs {
	readonly emulator: Emulator;
	readonly go: string;
	readonly python: string;
}

async function oneStorm(trial: Trial, programs: Programs, sum: Sum) {
	const cache = sharedCache(programs.emulator);
	try {
		// Both end, however they do, before what they share is removed.
		const both = await Promise.allSettled([
			stormWith(cache, "go", (job, onSaid) =>
				cache.go(programs.go, job, onSaid),
			),
			stormWith(cache, "python", (job, onSaid) =>
				cache.python(programs.python, job, onSaid),
			),
		]);
		for (const storm of both) {
			if (storm.status === "fulfilled") judge(trial, storm.value, sum);
			else trial.broken(`a program failed: ${storm.reason}`);
		}
	} finally {
		cache.remove();
	}
}

function stormWith(
	cache: SharedCache,
	who: string,
	run: Participant["run"],
): Promise<Aftermath> {
	const withoutKeys = who === "python";
	const ours = watched(OF_EACH, cache, { withoutKeys });
	return storm(several(OF_EACH, who, run), ours, TOKENS, PAUSE_MS);
}

function judge({ broken }: Trial, aftermath: Aftermath, sum: Sum): void {
	const { said, writes, droppedByOthers } = aftermath;
	sum.writes += writes.length;
	sum.dropped += droppedByOthers.filter(isOurs).length;
	for (const { lost } of writes)
		for (const key of lost) broken(`a write of ours lost ${key}`);
	for (const [who, lines] of said) {
		for (const { scope, failed } of lines) {
			if (failed === undefined) continue;
			if (who.startsWith("ours")) broken(`${who}: ${scope}: ${failed}`);
			else sum.failed += 1;
		}
		if (who.startsWith("ours")) sum.back += holdsPutBack(who, lines, broken);
	}
}

function isOurs(key: string): boolean {
	return key.includes("https://ours");
}

/** That each write of a program has all that it had written before. Returns how much had to be put back. */
function holdsPutBack(
	who: string,
	lines: readonly Said[],
	broken: (what: string) => void,
): number {
	const writes = lines.flatMap(({ replaced }): Replaced[] =>
		replaced ? [replaced] : [],
	);
	const written = new Set<string>();
	let back = 0;
	for (const { before, after } of writes) {
		const [was, is] = [new Set(before), new Set(after)];
		for (const key of written) {
			if (!was.has(key)) back += 1;
			if (!is.has(key)) broken(`${who} did not put back ${key}`);
		}
		for (const key of after)
			if (key.includes(`https://${who}-`)) written.add(key);
	}
	if (written.size === 0) broken(`${who} wrote nothing`);
	return back;
}

function notesOf({ writes, dropped, back, failed }: Sum): string[] {
	return [
		`${writes.toLocaleString("en")} writes of ours watched`,
		`others dropped ${dropped.toLocaleString("en")} entries of ours between two writes; ${back.toLocaleString("en")} were put back by the program that had stored them`,
		`${failed.toLocaleString("en")} calls of others failed: of Go on a file that another program of Go was writing, of Python for want of a turn`,
	];
}
