// What is asked of the figures, and whether it is reached: the lines of the summary.

/** How a verdict is shown: reached, missed, or not known, since what it is a ratio to was not measured. */
export const MARKS = new Map([
	[true, "✓"],
	[false, "✗"],
	[undefined, "?"],
]);

/** A line for each thing asked: { row, title, unit, today, ours, ratio, text, times, isReached }. Figures may be missing. */
export function summaryOf(rows, figures) {
	return rows
		.filter(({ name }) => figures[name] !== undefined)
		.flatMap((row) =>
			(row.asked ?? []).map((asked) => lineOf(row, asked, figures[row.name])),
		);
}

function lineOf(row, asked, found) {
	const { column = row.columns[0].key, of = "azidentity" } = asked;
	const { beside = "azure-identity" } = asked;
	const figure = (subject, key = column) => found[subject]?.[key];
	const median = (subject, key) => figure(subject, key)?.median;
	const today = median(beside);
	const ours = median(of);
	const { unit } = { ...row, ...row.columns.find(({ key }) => key === column) };
	return {
		...{ row: row.name, title: asked.title ?? row.title, unit, today, ours },
		note: figure(beside)?.note,
		ratio: today > 0 && ours > 0 ? today / ours : undefined,
		...{ text: asked.text, times: asked.times },
		isReached:
			ours === undefined ? false : asked.isReached({ ours, today, median }),
	};
}
