import { inspect } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import { randomFrom } from "../random.ts";
import { mutated } from "./mutation.ts";
import { SECRET_CORE, type Target } from "./target.ts";

/** What a worker is given. */
export interface Work {
	readonly target: string;
	readonly seed: number;
	readonly from: number;
	readonly to: number;
	/** The number of the input that is being parsed: whoever waits sees whether it goes on. */
	readonly current: SharedArrayBuffer;
}

/** What it says: something that did not hold, or how many of the inputs were taken. */
export type Word = { readonly broken: string } | { readonly taken: number };

const { target: name, seed, from, to, current } = workerData as Work;
const { target } = (await import(`./targets/${name}.ts`)) as { target: Target };
const at = new Int32Array(current);
let taken = 0;
for (let index = from; index < to; index += 1) {
	Atomics.store(at, 0, index);
	const problem = await problemWith(index);
	if (problem !== undefined) say({ broken: `input ${index}: ${problem}` });
}
Atomics.store(at, 0, to);
say({ taken });

function say(word: Word) {
	parentPort?.postMessage(word);
}

/** Each input has a seed of its own, so that one of millions can be made again. */
async function problemWith(index: number): Promise<string | undefined> {
	const random = randomFrom(seed + Math.imul(index, 0x9e3779b1));
	const input = mutated(random, target.material);
	try {
		const parsed = target.parse(input, random.next());
		if (parsed !== undefined) await parsed;
		taken += 1;
		return undefined;
	} catch (error) {
		const shown = `${inspect(error, { depth: 8 })} ${JSON.stringify(error)}`;
		if (!target.isKnown(error))
			return `${start(shown)} for ${start(inspect(input))}`;
		const isShown = shown.includes(SECRET_CORE) && !target.shows?.(input);
		return isShown
			? `an error shows what is secret: ${start(shown)}`
			: undefined;
	}
}

function start(text: string): string {
	return text.length > 1_000 ? `${text.slice(0, 1_000)}…` : text;
}
