import { digits } from "./figure.js";
import { ROWS } from "./rows.js";
import { MARKS, summaryOf } from "./summary.js";
import { rowTable, summaryTable } from "./table.js";

/** Prints a row as a table for people. */
export function printRow(row, figures) {
	console.log(`\n${row.title} (${row.name})\n`);
	print(rowTable(row, figures));
	for (const { title, text, isReached, ratio } of summaryOf([row], {
		[row.name]: figures,
	}))
		console.log(
			`  ${MARKS.get(isReached)} ${title}: ${text}${ratio ? ` (1/${digits(ratio)})` : ""}`,
		);
}

export function printSummary(figures) {
	console.log("\nsummary\n");
	print(summaryTable(summaryOf(ROWS, figures)));
}

export function isAllReached(rows, figures) {
	return summaryOf(rows, figures).every(({ isReached }) => isReached !== false);
}

function print(lines) {
	const widths = lines[0].map((_, column) =>
		Math.max(...lines.map((line) => line[column].length)),
	);
	for (const [index, line] of lines.entries()) {
		const cells = line.map((cell, column) => cell.padEnd(widths[column]));
		console.log(`  ${cells.join("   ")}`.trimEnd());
		if (index === 0)
			console.log(`  ${"─".repeat(widths.reduce((a, b) => a + b + 3))}`);
	}
}
