const COLUMNS = [
	["", (row) => `${row.isReached ? "✓" : "✗"} ${row.what}`],
	["@azure/identity", (row) => figure(row.today, row.unit)],
	["azidentity", (row) => figure(row.ours, row.unit)],
	["ratio", (row) => (row.ratio === undefined ? "" : `${round(row.ratio)} ×`)],
	["to be reached", (row) => row.goal],
];

/** The rows of a benchmark as lines of cells, the titles first. */
export function linesOf(rows) {
	return [
		COLUMNS.map(([title]) => title),
		...rows.map((row) => COLUMNS.map(([, text]) => text(row))),
	];
}

/** Prints the rows of a benchmark as a table for people. */
export function printTable(rows) {
	const lines = linesOf(rows);
	const widths = COLUMNS.map((_, column) =>
		Math.max(...lines.map((line) => line[column].length)),
	);
	for (const [index, line] of lines.entries()) {
		const cells = line.map((cell, column) =>
			// Figures to the right, words to the left.
			column >= 1 && column <= 3
				? cell.padStart(widths[column])
				: cell.padEnd(widths[column]),
		);
		console.log(`  ${cells.join("   ")}`.trimEnd());
		if (index === 0)
			console.log(`  ${"─".repeat(widths.reduce((a, b) => a + b + 3))}`);
	}
}

const figure = (value, unit) =>
	value === undefined ? "" : `${round(value)} ${unit}`;

/** Three digits say all there is to know. */
function round(value) {
	return Number(value.toPrecision(3)).toLocaleString("en", {
		maximumFractionDigits: 3,
	});
}
