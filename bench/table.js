import { digits, figureText } from "./figure.js";
import { TITLES } from "./subjects.js";
import { MARKS } from "./summary.js";

/** The summary as lines of cells, the titles first. `link` makes a row's title lead to its section. */
export function summaryTable(lines, link = (title) => title) {
	return [
		["", "@azure/identity", "azidentity", "times less", "asked", ""],
		...lines.map((line) => [
			link(line.title, line.row),
			figureOr(line.today, line.unit, line.note),
			figureOr(line.ours, line.unit),
			line.ratio === undefined ? "" : `${digits(line.ratio)} ×`,
			line.text,
			MARKS.get(line.isReached),
		]),
	];
}

const figureOr = (value, unit, note) =>
	value === undefined
		? ""
		: `${figureText(value, unit)}${note ? `, ${note}` : ""}`;

/** A row's figures as lines of cells: a subject each, with the median, and the lowest and highest of its turns. */
export function rowTable(row, figures) {
	const isSingle = row.columns.length === 1;
	const head = isSingle
		? ["", "median", "lowest to highest", "turns", "beside ours"]
		: ["", ...row.columns.map(({ title }) => title)];
	const ours = figures.azidentity;
	const lines = row.subjects.map((subject) => {
		const found = figures[subject] ?? { lacked: "not measured" };
		const name = TITLES[subject] ?? subject;
		const title = found.brokeOff
			? `${name} (then failed: ${found.brokeOff})`
			: name;
		if (found.lacked)
			return [title, `none: ${found.lacked}`, ...head.slice(2).map(() => "")];
		return isSingle
			? [title, ...singleCells(found[row.columns[0].key], row, ours)]
			: [title, ...row.columns.map((column) => cellOf(found, column, row))];
	});
	return [head, ...lines];
}

function singleCells(figure, { unit, columns }, ours) {
	if (figure === undefined) return ["", "", "", ""];
	const { median, lowest, highest, turns, note } = figure;
	const own = ours?.[columns[0].key]?.median;
	const spread = `${figureText(lowest, unit)} to ${figureText(highest, unit)}`;
	return [
		figureOr(median, unit, note),
		turns > 1 && lowest !== highest ? spread : "",
		String(turns),
		own > 0 && median > 0 ? `${digits(median / own)} ×` : "",
	];
}

function cellOf(found, column, row) {
	const figure = found[column.key];
	if (figure === undefined) return "";
	const unit = column.unit ?? row.unit;
	const { median, lowest, highest, note } = figure;
	// Counts are so few that their spread is told; of times it is in the plot.
	const isCount = unit === "" && lowest !== highest;
	const spread = isCount ? ` (${digits(lowest)} to ${digits(highest)})` : "";
	return `${figureOr(median, unit, note)}${spread}`;
}
