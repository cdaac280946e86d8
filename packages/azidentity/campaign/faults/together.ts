import type { Emulator } from "@azidentity/emulator";
import { startEmulator } from "@azidentity/emulator";
import {
	getTokens,
	newCache,
	type Program,
} from "../../test/persistent/programs.ts";
import type { Fault, Trial } from "../fault.ts";

/** So many fill one cache at the same time. */
const AT_ONCE = 32;

/** Each process gets so many tokens: half of them all others want as well, in another order. */
const TOKENS = 50;
const COMMON = Array.from({ length: TOKENS / 2 }, (_, index) =>
	scopeOf("common", index),
);

export const together: Fault = {
	name: "together",
	what: "processes that fill one cache at the same time, 50 tokens each, half of them the same",
	mustHold:
		"0 errors, 0 tokens lost, 0 duplicates of requests for the same need",
	unit: "processes",
	budgets: { short: 8, usual: 32, long: 3_200 },
	needs: ["keyring"],
	async run(trial) {
		const emulator = await startEmulator();
		const notes: string[] = [];
		let done = 0;
		try {
			while (done < trial.budget) {
				const count = Math.min(AT_ONCE, trial.budget - done);
				const note = await fillTogether(trial, emulator, count, done);
				if (notes.length === 0) notes.push(note);
				done += count;
				trial.progress(done);
			}
		} finally {
			await emulator.close();
		}
		return { done, notes };
	},
};

async function fillTogether(
	trial: Trial,
	emulator: Emulator,
	count: number,
	before: number,
): Promise<string> {
	const { broken, random, progress } = trial;
	const cache = newCache();
	await emulator.clearRequests();
	let ended = before;
	const countEnd = () => {
		ended += 1;
		progress(ended);
	};
	try {
		const programs = Array.from({ length: count }, (_, index) => {
			const own = COMMON.map((_, each) => scopeOf(`own-${index}`, each));
			const scopes = random.shuffled([...own, ...COMMON]);
			const program = getTokens(emulator, cache, scopes, {
				logLevel: "warning",
			});
			program.ended.then(countEnd, () => {});
			return program;
		});
		const tokens = await tokensOf(trial, programs);
		const needs = COMMON.length * (count + 1);
		if (tokens.size !== needs)
			broken(`${tokens.size} of ${needs} different tokens were got`);
		const requests = await requestsByScope(emulator);
		for (const [scope, times] of requests)
			if (times > 1) broken(`${times} requests were made for ${scope}`);
		await readAgain(trial, emulator, cache, tokens);
		const calls = count * TOKENS;
		return `${calls.toLocaleString("en")} calls at once for ${needs} tokens made ${sumOf(requests.values())} requests`;
	} finally {
		cache.remove();
	}
}

/** What all callers were handed, by scope: one token for each, whoever asked. */
async function tokensOf({ broken }: Trial, programs: readonly Program[]) {
	const tokens = new Map<string, string>();
	for (const { ended, said, log } of programs) {
		await ended;
		if (log() !== "") broken(`a process complained: ${log()}`);
		for (const { scope = "", token, message } of said) {
			if (token === undefined) broken(`no token for ${scope}: ${message}`);
			else if ((tokens.get(scope) ?? token) !== token)
				broken(`two processes have different tokens for ${scope}`);
			else tokens.set(scope, token);
		}
	}
	return tokens;
}

async function requestsByScope(emulator: Emulator) {
	const times = new Map<string, number>();
	for (const { grantType, scope = "" } of await emulator.requests())
		if (grantType !== undefined) times.set(scope, (times.get(scope) ?? 0) + 1);
	return times;
}

/** That the next process finds all of them, with the authority off. */
async function readAgain(
	{ broken }: Trial,
	emulator: Emulator,
	cache: ReturnType<typeof newCache>,
	tokens: ReadonlyMap<string, string>,
): Promise<void> {
	await emulator.suspend();
	try {
		const reader = getTokens(emulator, cache, [...tokens.keys()], {
			maxRetries: 0,
		});
		await reader.ended;
		for (const { scope = "", token } of reader.said)
			if (token !== tokens.get(scope)) broken(`the token for ${scope} is lost`);
	} finally {
		await emulator.resume();
	}
}

function scopeOf(whose: string, index: number): string {
	return `https://${whose}-${index}.example/.default`;
}

function sumOf(numbers: Iterable<number>): number {
	return [...numbers].reduce((sum, number) => sum + number, 0);
}
