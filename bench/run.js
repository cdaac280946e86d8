// Measures this package beside today's, in one run on one machine.
//   npm run bench                    every row, some minutes; keeps the figures and makes the page and its plots anew
//   npm run bench -- first-token     one row, or several: printed only
//   npm run bench -- --quick         fewer turns; today's packages still wait a minute for their lock
//   npm run bench -- fill --keep     a row measured again takes its place among those that were kept
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { machine, versions } from "./circumstances.js";
import { measureRow } from "./measure-row.js";
import { isAllReached, printRow, printSummary } from "./print.js";
import { ROWS } from "./rows.js";
import { openScratch } from "./scratch.js";

const RESULTS = new URL("results.json", import.meta.url);

const { names, isQuick, keeps } = readArguments(process.argv.slice(2));
const rows = ROWS.filter(
	({ name }) => names.length === 0 || names.includes(name),
);
const date = new Date().toISOString().slice(0, 10);
const figures = {};
const scratch = openScratch();
const started = performance.now();
for (const signal of ["SIGINT", "SIGTERM"])
	process.once(signal, () => {
		scratch.close();
		process.exit(1);
	});
try {
	for (const [index, row] of rows.entries()) {
		const progress = (text) =>
			console.error(`[${index + 1}/${rows.length}, ${seconds()} s] ${text}`);
		figures[row.name] = await measureRow(row, { scratch, isQuick, progress });
		printRow(row, figures[row.name]);
	}
} finally {
	scratch.close();
}
const isWhole = names.length === 0;
if (isWhole || keeps) await keep();
if (isWhole) printSummary(figures);
if (!isAllReached(rows, figures)) process.exitCode = 1;

function seconds() {
	return Math.round((performance.now() - started) / 1_000);
}

async function keep() {
	const measured = {
		date,
		isQuick,
		machine: machine(),
		versions: await versions(),
	};
	const kept = isWhole
		? { ...measured, figures }
		: withRows(JSON.parse(readFileSync(RESULTS, "utf8")), measured);
	writeFileSync(RESULTS, `${JSON.stringify(kept, null, "\t")}\n`);
	const writer = new URL("../scripts/write-tables.js", import.meta.url)
		.pathname;
	execFileSync(process.execPath, [writer], { stdio: "inherit" });
}

/** A row that was measured apart says so. */
function withRows(kept, { date, isQuick }) {
	const apart = Object.fromEntries(
		rows.map(({ name }) => [name, { date, isQuick }]),
	);
	return {
		...kept,
		apart: { ...kept.apart, ...apart },
		figures: { ...kept.figures, ...figures },
	};
}

function readArguments(args) {
	const names = args.filter((each) => !each.startsWith("--"));
	const flags = args.filter((each) => each.startsWith("--"));
	const known = ROWS.map(({ name }) => name);
	const unknown = [
		...names.filter((name) => !known.includes(name)),
		...flags.filter((flag) => !["--quick", "--keep"].includes(flag)),
	];
	if (unknown.length > 0) {
		console.error(
			`There is no ${unknown.join(", ")}. Rows: ${known.join(", ")}. Options: --quick, --keep.`,
		);
		process.exit(2);
	}
	return {
		names,
		isQuick: flags.includes("--quick"),
		keeps: flags.includes("--keep"),
	};
}
