// What documents say of the benchmark, made from what was measured: scripts/tables.js puts it where they ask for it.
import { digits, figureText } from "./figure.js";
import { isPlotted } from "./plots.js";
import { ROWS } from "./rows.js";
import { MARKS, summaryOf } from "./summary.js";
import { rowTable, summaryTable } from "./table.js";

/** The plots' folder, seen from the documents in docs/. */
const PLOTS = "benchmarks";

/** The summary: plot, table, verdict and circumstances. */
export function summary(results) {
	const lines = summaryOf(ROWS, results.figures);
	const reached = lines.filter(({ isReached }) => isReached).length;
	const open = lines.filter(({ isReached }) => isReached === undefined).length;
	const unknown = open > 0 ? `, ${open} not known` : "";
	const link = (title, row) => `[${title}](#${anchorOf(row)})`;
	return [
		`![How many times less than @azure/identity each figure is](${PLOTS}/summary.svg)`,
		markdown(summaryTable(lines, link)),
		`${reached} of ${lines.length} are as asked${unknown}.`,
		circumstances(results),
	].join("\n\n");
}

/** The plot that says most, for who has not asked for more. */
export function readme({ date, machine, versions }) {
	const beside = versions["@azure/identity"];
	return [
		`![How many times less than @azure/identity each figure is](docs/${PLOTS}/summary.svg)`,
		`Measured beside \`@azure/identity\` ${beside} in one run, ${date}, on ${machine.cores} cores: [what, how, and how to repeat it](docs/benchmarks.md).`,
	].join("\n\n");
}

/** A section for each row: what it is, plot, table, verdict. */
export function sections(results) {
	return ROWS.filter(({ name }) => results.figures[name] !== undefined)
		.map((row) => section(row, results))
		.join("\n\n");
}

function section(row, results) {
	const figures = results.figures[row.name];
	const apart = results.apart?.[row.name];
	return [
		`### ${headingOf(row)}`,
		row.how,
		...(isPlotted(row, results.figures)
			? [`![${row.title}](${PLOTS}/${row.name}.svg)`]
			: []),
		markdown(rowTable(row, figures)),
		...summaryOf([row], results.figures).map(verdict),
		...(apart ? [`Measured apart from the others, ${apart.date}.`] : []),
		`\`npm run bench -- ${row.name}\``,
	].join("\n\n");
}

function verdict({ title, text, isReached, ratio }) {
	const measured = ratio === undefined ? "" : `; it is 1/${digits(ratio)}`;
	return `${MARKS.get(isReached)} ${title}: ${text}${measured}.`;
}

const headingOf = ({ title }) => title[0].toUpperCase() + title.slice(1);

function anchorOf(name) {
	return headingOf(ROWS.find((row) => row.name === name))
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
		.replaceAll(/\s/g, "-");
}

/** What a reader needs to know to compare these figures with their own. */
function circumstances({ date, isQuick, machine, versions }) {
	const { system, kernel, processor, cores, memory, filesystem } = machine;
	const names = Object.entries(versions).map(
		([name, version]) => `${name} ${version}`,
	);
	return [
		`${date}${isQuick ? ", a quick run with few turns" : ""}; ${cores} × ${processor}, ${Math.round(memory / 2 ** 30)} GiB, ${system}, ${kernel}, ${filesystem}.`,
		`${names.join(", ")}.`,
	].join("\n");
}

/** A single figure for a sentence: `first-token azidentity [column]`, or `first-token times [column]` beside @azure/identity. */
export function figure({ figures }, name, what, key) {
	const row = ROWS.find((each) => each.name === name);
	const column = key ?? row?.columns[0].key;
	const median = (subject) => figures[name]?.[subject]?.[column]?.median;
	const value =
		what === "times"
			? median("azure-identity") / median("azidentity")
			: median(what);
	if (row === undefined || !Number.isFinite(value))
		throw new Error(`there is no figure ${name} ${what} ${column}`);
	const { unit } = {
		...row,
		...row.columns.find((each) => each.key === column),
	};
	return what === "times" ? digits(value) : figureText(value, unit);
}

function markdown([head, ...body]) {
	return [head, head.map(() => "---"), ...body]
		.map(
			(cells) =>
				`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`,
		)
		.join("\n");
}
