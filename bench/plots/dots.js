import { digits, figureText } from "../figure.js";
import { TITLES } from "../subjects.js";
import {
	axisFor,
	colourOf,
	frame,
	gridOf,
	line,
	round,
	text,
	WIDTH,
} from "./frame.js";

const LEFT = 240;
/** What was measured has longer names than who was. */
const RATIOS_LEFT = 340;
const STEP = 26;

/** A line for each subject, with a dot at the median and a range from the lowest turn to the highest; a panel for each column. */
export function dots(row, figures) {
	const subjects = row.subjects.filter(
		(subject) => figures[subject] && !figures[subject].lacked,
	);
	let top = 44;
	const body = row.columns.flatMap((column) => {
		const panel = panelOf(row, column, subjects, figures, top);
		top = panel.bottom + 34;
		return panel.lines;
	});
	return frame({
		...{ title: row.title, description: descriptionOf(row, subjects, figures) },
		...{ height: top, body },
	});
}

function panelOf(row, column, subjects, figures, start) {
	const unit = column.unit ?? row.unit;
	const shown = subjects.filter((subject) => figures[subject][column.key]);
	const found = shown.map((subject) => figures[subject][column.key]);
	const axis = axisFor(
		found.flatMap(({ lowest, highest }) => [lowest, highest]),
		...[LEFT, undefined, unit],
	);
	const isNamed = row.columns.length > 1;
	const top = start + (isNamed ? 16 : 0);
	const bottom = top + shown.length * STEP;
	const scale = axis.isLog ? `${column.title} (logarithmic)` : column.title;
	return {
		bottom,
		lines: [
			...(isNamed ? [text(LEFT, top - 6, scale.trim(), "small")] : []),
			...gridOf(axis, top, bottom, unit),
			...shown.flatMap((subject, index) =>
				lineOf(subject, figures[subject][column.key], {
					...{ axis, unit, y: top + STEP * (index + 0.5) },
				}),
			),
			...(isNamed || !axis.isLog
				? []
				: [text(WIDTH - 12, bottom + 30, "logarithmic", "small", "end")]),
		],
	};
}

function lineOf(subject, { median, lowest, highest, note }, { axis, unit, y }) {
	const colour = colourOf(subject);
	const isOurs = subject === "azidentity" ? "ours" : "";
	const value = `${figureText(median, unit)}${note ? `, ${note}` : ""}`;
	const isFarRight = axis.place(highest) > WIDTH - 150 && note;
	const at = isFarRight ? axis.place(lowest) - 10 : axis.place(highest) + 10;
	return [
		text(LEFT - 14, y + 4.5, TITLES[subject] ?? subject, isOurs, "end"),
		`<g class="${colour}">`,
		axis.isLog ? "" : line(LEFT, y, axis.place(median), y, "stem"),
		line(axis.place(lowest), y, axis.place(highest), y, "range"),
		`<circle cx="${round(axis.place(median))}" cy="${round(y)}" r="5" class="mark"/>`,
		"</g>",
		text(at, y + 4.5, value, isOurs, isFarRight ? "end" : "start"),
	].filter((each) => each !== "");
}

function descriptionOf(row, subjects, figures) {
	return row.columns
		.map((column) => {
			const told = subjects
				.filter((subject) => figures[subject][column.key])
				.map((subject) => {
					const { median } = figures[subject][column.key];
					return `${TITLES[subject] ?? subject} ${figureText(median, column.unit ?? row.unit)}`;
				});
			return `${column.title ? `${column.title}: ` : ""}${told.join(", ")}.`;
		})
		.join(" ");
}

const askedAt = (x, y) => line(x, y - 9, x, y + 9, "asked");

/** How many times less each figure of ours is than today's, beside what is asked: the whole benchmark at a look. */
export function ratios(lines) {
	const shown = lines.filter(({ ratio }) => ratio !== undefined);
	const axis = axisFor([1, ...shown.map(({ ratio }) => ratio)], RATIOS_LEFT);
	const top = 62;
	const bottom = top + shown.length * STEP;
	const title = "How many times less than @azure/identity";
	return frame({
		...{ title, height: bottom + 44 },
		description: shown
			.map(({ title: what, ratio }) => `${what}: ${digits(ratio)} times less.`)
			.join(" "),
		body: [
			text(
				16,
				44,
				"time, requests or space of azidentity beside it, in one run; dashed: what was asked",
				"small",
			),
			...gridOf(axis, top, bottom, "×"),
			...shown.flatMap(({ title: what, ratio, times }, index) => {
				const y = top + STEP * (index + 0.5);
				return [
					text(RATIOS_LEFT - 14, y + 4.5, what, "", "end"),
					`<g class="${ratio >= 1 ? "c0" : "c1"}">`,
					line(axis.place(1), y, axis.place(ratio), y, "stem"),
					`<circle cx="${round(axis.place(ratio))}" cy="${y}" r="5" class="mark"/>`,
					"</g>",
					...(times ? [askedAt(axis.place(times), y)] : []),
					text(axis.place(ratio) + 10, y + 4.5, `${digits(ratio)} ×`, "ours"),
				];
			}),
			...(axis.isLog
				? [text(WIDTH - 12, bottom + 34, "logarithmic", "small", "end")]
				: []),
		],
	});
}
