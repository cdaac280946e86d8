import { parseArgs } from "node:util";
import type { Fault, Form } from "./fault.ts";

/** What the campaign is asked for. */
export interface Wanted {
	readonly faults: readonly Fault[];
	readonly form: Form;
	/** Undefined: one that is chosen at random. */
	readonly seed: number | undefined;
	/** In place of the fault's own. */
	readonly budget: number | undefined;
	/** Whether the result is printed as JSON, and everything else to the standard error. */
	readonly json: boolean;
	/** Whether the rows are kept for the documents. */
	readonly keep: boolean;
}

const USAGE = `npm run campaign -- [FAULT...] [--short | --long] [--seed N] [--budget N] [--json] [--keep]
  --short   a minute, as in CI; --long: hours
  --seed    makes the random choices of an earlier run again
  --budget  so many kills, files, calls, in place of the fault's own number
  --json    prints the result for programs, on standard output
  --keep    puts the rows into results.json, from which \`npm run docs\` makes the table in docs/reliability.md`;

/** Reads the command line. Throws an error that says what there is. */
export function wanted(args: readonly string[], known: readonly Fault[]) {
	const { values, positionals } = parse(args, known);
	const names = known.map(({ name }) => name);
	const unknown = positionals.filter((name) => !names.includes(name));
	if (unknown.length > 0)
		throw new Error(
			`There is no fault called ${unknown.join(", ")}. The faults are: ${names.join(", ")}.`,
		);
	if (values.short && values.long)
		throw new Error("--short and --long exclude each other.");
	const isAll = positionals.length === 0;
	return {
		faults: known.filter(({ name }) => isAll || positionals.includes(name)),
		form: values.short ? "short" : values.long ? "long" : "usual",
		seed: numberOf("--seed", values.seed),
		budget: numberOf("--budget", values.budget),
		json: values.json ?? false,
		keep: values.keep ?? false,
	} satisfies Wanted;
}

function parse(args: readonly string[], known: readonly Fault[]) {
	const flag = { type: "boolean" } as const;
	const value = { type: "string" } as const;
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				short: flag,
				long: flag,
				json: flag,
				keep: flag,
				seed: value,
				budget: value,
			},
		});
	} catch (error) {
		const faults = known.map(({ name, what }) => `  ${name.padEnd(10)}${what}`);
		const { message } = error as Error;
		throw new Error(`${message}\n${USAGE}\nFaults:\n${faults.join("\n")}`);
	}
}

function numberOf(option: string, text: string | undefined) {
	if (text === undefined) return undefined;
	const number = Number(text);
	if (/^\d+$/.test(text) && number < 2 ** 32) return number;
	throw new Error(`${option} takes a whole number below 4,294,967,296.`);
}
