// The rows of the benchmark, one file each in rows/, in the order of the page. A new row is a new file: it says
//   title, how       what is measured, for people
//   unit             "ms", "µs", "bytes", or what is counted
//   subjects         names of subjects.js
//   turns            how often each is measured, { full, quick }; `turnsOf` for single subjects
//   columns          [{ key, title, at?, unit? }], where a row has several figures for each subject: all from one measure that
//                    resolves to them by key, or, where they have `at`, one measure each
//   open, close      once for the row; prepare(subject, bench) once for a subject
//   measure(subject, prepared, bench, column)   resolves to a number, { value, note }, or figures by key; to undefined
//                    where a figure makes no sense. Rejects with what was wrong.
//   asked            lines of the summary (asked.js); the first column and ours beside @azure/identity unless they say else
//   plot             "dots" (the default), "lines" over `along`, or "none"
import { readdirSync } from "node:fs";
import path from "node:path";

/** What is asked first stands first; others follow by name. */
const ORDER = [
	"first-token",
	"persistent-hit",
	"fill",
	"processes",
	"one-scope",
	"stale-lock",
	"memory-hit",
	"callers",
	"on-behalf-of",
	"web-service",
	"redis-users",
	"redis-one-scope",
	"redis-outage",
	"import",
	"cold",
	"memory",
	"fill-many",
	"lookup",
	"install",
	"bundle",
];
const ONE = [{ key: "value", title: "" }];

const folder = path.join(import.meta.dirname, "rows");
const names = readdirSync(folder)
	.filter((file) => file.endsWith(".js"))
	.map((file) => path.basename(file, ".js"))
	.sort((one, other) => placeOf(one) - placeOf(other));

export const ROWS = await Promise.all(
	names.map(async (name) => {
		const { row } = await import(`./rows/${name}.js`);
		return { name, columns: ONE, plot: "dots", ...row };
	}),
);

function placeOf(name) {
	const place = ORDER.indexOf(name);
	return place < 0 ? ORDER.length : place;
}
