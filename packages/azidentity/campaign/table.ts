import { timeOf } from "./progress.ts";
import type { Row } from "./run-fault.ts";

const COLUMNS: readonly [string, (row: Row) => string][] = [
	["", ({ lack, brokenCount }) => (lack ? "–" : brokenCount > 0 ? "✗" : "✓")],
	["fault", ({ name }) => name],
	["done", ({ done, unit }) => `${done.toLocaleString("en")} ${unit}`],
	["held", heldOf],
	["took", ({ milliseconds }) => timeOf(milliseconds)],
	["seed", ({ seed }) => String(seed)],
];

/** The rows as a table for people. */
export function tableOf(rows: readonly Row[]): string {
	const lines = [
		COLUMNS.map(([title]) => title),
		...rows.map((row) => COLUMNS.map(([, text]) => text(row))),
	];
	const widths = COLUMNS.map((_, column) =>
		Math.max(...lines.map((line) => line[column]?.length ?? 0)),
	);
	return lines
		.map((line) =>
			line
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}

function heldOf({ lack, brokenCount }: Row): string {
	if (lack !== undefined) return `not run: ${lack}`;
	return brokenCount === 0 ? "all" : `broken ${brokenCount} times`;
}
