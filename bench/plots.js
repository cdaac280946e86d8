// The plots of what was measured: files of docs/benchmarks, by name.
import { dots, ratios } from "./plots/dots.js";
import { lines } from "./plots/lines.js";
import { ROWS } from "./rows.js";
import { summaryOf } from "./summary.js";

const DRAW = { dots, lines };

/** SVG by file name. */
export function plotsOf({ figures }) {
	return new Map([
		["summary.svg", ratios(summaryOf(ROWS, figures))],
		...ROWS.filter((row) => isPlotted(row, figures)).map((row) => [
			`${row.name}.svg`,
			DRAW[row.plot](row, figures[row.name]),
		]),
	]);
}

/** One subject alone is for the table. */
export function isPlotted(row, figures) {
	const found = Object.values(figures[row.name] ?? {});
	return row.plot !== "none" && found.filter((one) => !one.lacked).length > 1;
}
