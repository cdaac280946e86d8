// What a smoke test says to who started it, as lines of JSON on standard output, and what it is told, on standard input.
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

function say(line) {
	process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function hear() {
	const { value } = await lines.next();
	return JSON.parse(value);
}

/** The emulator and what else this run is about. */
export const job = await hear();

/** Has the starter do something, such as ask the emulator, and resolves to what came of it. */
export async function ask(call, ...args) {
	say({ call, args });
	const { result, failed } = await hear();
	if (failed !== undefined) throw new Error(`${call}: ${failed}`);
	return result;
}

/** Runs one test: a rule, and its story. */
export async function test(title, story) {
	try {
		await story();
		say({ title, passed: true });
	} catch (error) {
		say({ title, passed: false, failure: error?.stack ?? String(error) });
	}
}

/** Says that all tests were run: who crashes before has failed. */
export function finish() {
	say({ finished: true });
	// The conversation would keep the process alive.
	process.exit(0);
}
