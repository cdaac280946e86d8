import { figureText } from "../figure.js";
import { TITLES } from "../subjects.js";
import { axisFor, colourOf, frame, line, round, text, WIDTH } from "./frame.js";

const LEFT = 84;
const RIGHT = WIDTH - 210;
const TOP = 50;
const BOTTOM = 330;
/** Names of lines that end close together are moved this far apart. */
const APART = 17;

/** A figure over the row's `along`, a line for each subject, named at its end. */
export function lines(row, figures) {
	const columns = row.columns.filter(({ at }) => at !== undefined);
	const drawn = row.subjects
		.filter((subject) => figures[subject] && !figures[subject].lacked)
		.map((subject) => ({
			subject,
			points: columns.flatMap(({ key, at }) => {
				const figure = figures[subject][key];
				return figure === undefined ? [] : [{ at, ...figure }];
			}),
		}))
		.filter(({ points }) => points.length > 0);
	const x = axisFor(
		columns.map(({ at }) => at),
		...[LEFT, RIGHT],
	);
	const y = axisFor(
		drawn.flatMap(({ points }) => points.map(({ median }) => median)),
		...[BOTTOM, TOP],
	);
	return frame({
		...{ title: row.title, height: BOTTOM + 54 },
		description: drawn.map((one) => told(one, row)).join(" "),
		body: [
			...gridAcross(y, row.unit),
			...x.ticks.map((tick) =>
				text(
					x.place(tick),
					BOTTOM + 18,
					tick.toLocaleString("en"),
					"small",
					"middle",
				),
			),
			text(
				(LEFT + RIGHT) / 2,
				BOTTOM + 40,
				scaleOf(row.along, x, y),
				"small",
				"middle",
			),
			...drawn.flatMap((one) => drawnLine(one, x, y)),
			...names(drawn, x, y),
		],
	});
}

const scaleOf = (along, x, y) =>
	x.isLog && y.isLog ? `${along} (both axes logarithmic)` : along;

function gridAcross(y, unit) {
	return y.ticks.flatMap((tick) => [
		line(LEFT, y.place(tick), RIGHT, y.place(tick), "grid"),
		text(LEFT - 10, y.place(tick) + 4, figureText(tick, unit), "small", "end"),
	]);
}

function drawnLine({ subject, points }, x, y) {
	const places = points.map(({ at, median }) => [
		round(x.place(at)),
		round(y.place(median)),
	]);
	return [
		`<g class="${colourOf(subject)}">`,
		`<polyline class="line" points="${places.map((place) => place.join(",")).join(" ")}"/>`,
		...places.map(
			([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="4" class="mark"/>`,
		),
		"</g>",
	];
}

/** At the right of the plot, in the order of the lines' ends. */
function names(drawn, x, y) {
	const ends = drawn
		.map(({ subject, points }) => {
			const { at, median } = points.at(-1);
			return { subject, from: x.place(at), height: y.place(median) };
		})
		.sort((one, other) => one.height - other.height);
	let last = Number.NEGATIVE_INFINITY;
	return ends.flatMap(({ subject, from, height }) => {
		const at = Math.max(height, last + APART);
		last = at;
		const isOurs = subject === "azidentity" ? "ours" : "";
		return [
			`<g class="${colourOf(subject)}">`,
			line(from + 6, height, RIGHT + 10, at, "range"),
			"</g>",
			text(RIGHT + 14, at + 4.5, TITLES[subject] ?? subject, isOurs),
		];
	});
}

function told({ subject, points }, { unit, along }) {
	const { at: first, median } = points[0];
	const end = points.at(-1);
	return `${TITLES[subject] ?? subject}: ${figureText(median, unit)} at ${first.toLocaleString("en")} ${along}, ${figureText(end.median, unit)} at ${end.at.toLocaleString("en")}.`;
}
