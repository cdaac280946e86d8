// The reliability campaign: makes go wrong whatever can, and holds what must hold all the same. How to use it is in
// docs/reliability.md; `--help` lists the options. Exit code 1 when something did not hold, 2 when asked for what is not there.
import { wanted } from "./arguments.ts";
import type { Fault } from "./fault.ts";
import { FAULTS } from "./faults.ts";
import { leaveCounts } from "./leave-counts.ts";
import { timeOf } from "./progress.ts";
import { anySeed } from "./random.ts";
import { circumstances, keep } from "./results.ts";
import { type Row, runFault } from "./run-fault.ts";
import { tableOf } from "./table.ts";

/** The seed of each run in CI: what it finds is no chance. Some faults are run with a random one as well. */
const FIXED_SEED = 1;

const asked = askedFor();
const { form, json } = asked;
const say = (line: string) => process.stderr.write(`${line}\n`);
const rows: Row[] = [];
for (const fault of asked.faults)
	for (const seed of seedsFor(fault)) rows.push(await runAndSay(fault, seed));

if (json)
	process.stdout.write(
		`${JSON.stringify({ ...circumstances(form), rows }, null, "\t")}\n`,
	);
else process.stdout.write(`\n${tableOf(rows)}\n`);
if (asked.keep) keep(form, rows);
leaveCounts(rows);
if (rows.some(({ brokenCount }) => brokenCount > 0)) process.exitCode = 1;

function seedsFor({ isVaried = false }: Fault): number[] {
	if (asked.seed !== undefined) return [asked.seed];
	if (form !== "short") return [anySeed()];
	return isVaried ? [FIXED_SEED, anySeed()] : [FIXED_SEED];
}

function askedFor() {
	try {
		return wanted(process.argv.slice(2), FAULTS);
	} catch (error) {
		process.stderr.write(`${(error as Error).message}\n`);
		process.exit(2);
	}
}

async function runAndSay(fault: Fault, seed: number): Promise<Row> {
	const budget = asked.budget ?? fault.budgets[form];
	const again =
		asked.budget === undefined && form === "usual" ? "" : ` --budget ${budget}`;
	say(
		`${fault.name}: ${budget} ${fault.unit}, seed ${seed} (again: npm run campaign -- ${fault.name} --seed ${seed}${again})`,
	);
	const row = await runFault(fault, seed, budget);
	if (row.lack !== undefined) say(`skipped: ${fault.name}: ${row.lack}`);
	else
		say(
			`${fault.name}: ${row.done} ${row.unit} in ${timeOf(row.milliseconds)}, ${row.brokenCount} broken`,
		);
	for (const note of row.notes) say(`  ${note}`);
	for (const broken of row.broken) say(`  BROKEN: ${broken}`);
	return row;
}
