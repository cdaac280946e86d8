// What all plots share: colours for light and dark, the axis, and a text for who cannot see it.
import { figureText, isCounted } from "../figure.js";

export const WIDTH = 760;
const PLOT_RIGHT = WIDTH - 120;
/** More do not fit beside one another. */
const MOST_TICKS = 5;

/** Told apart by place and label as well as by colour. Both sets stand out from their ground, and for the colour-blind. */
const STYLE = `
	text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
	.ground { fill: #ffffff; }
	.title { font-size: 15px; font-weight: 600; }
	.small { font-size: 11.5px; fill: #59636e; }
	.ours { font-weight: 600; }
	.grid { stroke: #d1d9e0; stroke-width: 1; }
	.range { stroke: currentColor; stroke-width: 2; opacity: .45; }
	.line { fill: none; stroke: currentColor; stroke-width: 2; }
	.stem { stroke: currentColor; stroke-width: 3; opacity: .3; }
	.mark { fill: currentColor; }
	.asked { stroke: #59636e; stroke-width: 2; stroke-dasharray: 3 2; }
	.c0 { color: #0969da; } .c1 { color: #bc4c00; } .c2 { color: #8250df; } .c3 { color: #1a7f37; } .c4 { color: #9a6700; } .c9 { color: #6e7781; }
	@media (prefers-color-scheme: dark) {
		text { fill: #f0f6fc; }
		.ground { fill: #0d1117; }
		.small { fill: #9198a1; }
		.grid { stroke: #3d444d; }
		.asked { stroke: #9198a1; }
		.c0 { color: #58a6ff; } .c1 { color: #f0883e; } .c2 { color: #bc8cff; } .c3 { color: #3fb950; } .c4 { color: #d29922; } .c9 { color: #8b949e; }
	}
`;

const COLOURS = {
	azidentity: "c0",
	"azidentity-single": "c0",
	"azure-identity": "c1",
	"azure-identity-disk": "c1",
	"msal-node": "c2",
	"msal-node-disk": "c2",
	go: "c3",
	python: "c4",
};

export const colourOf = (subject) => COLOURS[subject] ?? "c9";

/** A whole plot: `description` is its text for who cannot see it, and `body` lines of SVG. */
export function frame({ title, description, height, body }) {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
${text(16, 24, title[0].toUpperCase() + title.slice(1), "title")}
${body.join("\n")}
</svg>
`;
}

export function text(x, y, words, kind = "", anchor = "start") {
	return `<text x="${round(x)}" y="${round(y)}" class="${kind}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

export function line(x1, y1, x2, y2, kind) {
	return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${kind}"/>`;
}

export const round = (number) => Math.round(number * 10) / 10;

/**
 * An axis for values, from `from` to `to` in the plot: logarithmic where they span more than one order, else linear from
 * zero. `place` puts a value on it, `ticks` are the values that it names.
 */
export function axisFor(values, from, to = PLOT_RIGHT, unit = "ms") {
	const above = values.filter((value) => value > 0);
	const least = Math.min(...above);
	// Half a thing is no tick, and what was never counted has an axis all the same.
	const leastStep = isCounted(unit) ? 1 : 0;
	const most = Math.max(...above, leastStep, 1e-9);
	const isLog = above.length === values.length && most / least > 10;
	if (!isLog) {
		const step = Math.max(niceStep(most), leastStep);
		const end = Math.ceil(most / step) * step;
		const count = Math.round(end / step);
		return {
			isLog,
			place: (value) => from + ((to - from) * value) / end,
			ticks: Array.from({ length: count + 1 }, (_, turn) => turn * step),
		};
	}
	const low = Math.floor(Math.log10(least));
	const orders = Math.ceil(Math.log10(most)) - low;
	const every = Math.ceil(orders / MOST_TICKS);
	const high = low + every * Math.ceil(orders / every);
	const part = (value) => (Math.log10(value) - low) / (high - low);
	return {
		isLog,
		place: (value) => from + (to - from) * part(value),
		ticks: Array.from(
			{ length: (high - low) / every + 1 },
			(_, turn) => 10 ** (low + turn * every),
		),
	};
}

/** Three to six steps, each 1, 2 or 5 of a power of ten. */
function niceStep(most) {
	const rough = most / 4;
	const power = 10 ** Math.floor(Math.log10(rough));
	return power * [1, 2, 5, 10].find((each) => each * power >= rough);
}

/** The axis's lines and names, between two heights. */
export function gridOf({ ticks, place }, top, bottom, unit) {
	return ticks.flatMap((tick) => [
		line(place(tick), top, place(tick), bottom, "grid"),
		text(place(tick), bottom + 16, figureText(tick, unit), "small", "middle"),
	]);
}

function escaped(words) {
	return words
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;");
}
