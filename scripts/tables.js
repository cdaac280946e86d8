// Tables in documents that are made from sources, so that they cannot fall behind. In a document:
//   <!-- table: members packages/emulator/src/knobs.ts Knobs -->
//   (made by `npm run docs`)
//   <!-- end of table -->
// The kinds: `benchmark PART` (of what `npm run bench` measured: readme, summary, or sections), `campaign FILE` (results as
// `npm run campaign -- --keep` keeps them), `checks` (what `npm run check` holds),
// `differences` (what we have and @azure/identity has not, or the reverse), `entries FOLDER` (the import paths of a package), `members FILE
// INTERFACE` (an interface's members with their doc lines).
// A figure of the benchmark in a sentence: <!-- figure: first-token azidentity -->85 ms<!-- end of figure -->
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { figure, readme, sections, summary } from "@azidentity/bench/page.js";
import { plotsOf } from "@azidentity/bench/plots.js";
import { ON_PURPOSE } from "./api/azure-identity.js";
import { commentsOf, walk } from "./parse-source.js";

const TABLE = /<!-- table: ([^\n]+?) -->\n[\s\S]*?<!-- end of table -->/g;

const FIGURE = /<!-- figure: ([^\n]+?) -->[^\n]*?<!-- end of figure -->/g;

const KINDS = { benchmark, campaign, checks, differences, entries, members };

/** The document's text with every table in it made anew. */
export function withTables(text, root) {
	return withFigures(text, root).replaceAll(TABLE, (_old, made) => {
		const [kind, ...from] = made.split(/\s+/);
		if (!Object.hasOwn(KINDS, kind))
			throw new Error(
				`There is no table "${kind}"; there are ${Object.keys(KINDS).join(", ")}.`,
			);
		const table = KINDS[kind](root, ...from);
		return `<!-- table: ${made} -->\n\n${table}\n\n<!-- end of table -->`;
	});
}

const BENCHMARK_PARTS = { readme, summary, sections };

const resultsIn = (root) =>
	JSON.parse(readFileSync(path.join(root, "bench/results.json"), "utf8"));

function benchmark(root, part) {
	return BENCHMARK_PARTS[part](resultsIn(root));
}

/** The plots of what `npm run bench` measured, by path. */
export function plots(root) {
	return new Map(
		[...plotsOf(resultsIn(root))].map(([name, svg]) => [
			`docs/benchmarks/${name}`,
			svg,
		]),
	);
}

function withFigures(text, root) {
	return text.replaceAll(FIGURE, (_old, made) => {
		const value = figure(resultsIn(root), ...made.split(/\s+/));
		return `<!-- figure: ${made} -->${value}<!-- end of figure -->`;
	});
}

function campaign(root, file) {
	const results = JSON.parse(readFileSync(path.join(root, file), "utf8"));
	return rows(
		["fault", "must hold", "done", "held", "run"],
		results.map((row) => [
			row.what,
			row.mustHold,
			[`${row.done.toLocaleString("en")} ${row.unit}`, ...row.notes].join("; "),
			heldOf(row),
			`${row.date}, seed ${row.seed}, Node ${row.node}, ${row.system}, ${row.processor}`,
		]),
	);
}

function heldOf({ lack, brokenCount }) {
	if (lack !== undefined) return `not run: ${lack}`;
	return brokenCount === 0 ? "all" : `**not ${brokenCount} times**`;
}

function checks(root) {
	const folder = path.join(root, "scripts/checks");
	return rows(
		["check", "holds"],
		readdirSync(folder)
			.sort()
			.map((file) => [
				`\`npm run check:${path.basename(file, ".js")}\``,
				firstSentence(headerOf(readFileSync(path.join(folder, file), "utf8"))),
			]),
	);
}

function differences() {
	return rows(
		["difference", "why"],
		Object.entries(ON_PURPOSE).map(([key, reason]) => {
			const [type, what] = key.split(".");
			if (type === "*") return [`\`${what}\` of every credential`, reason];
			return [
				what === undefined ? `\`${type}\`` : `\`${what}\` of \`${type}\``,
				reason,
			];
		}),
	);
}

function entries(root, folder) {
	const { name, exports } = JSON.parse(
		readFileSync(path.join(root, folder, "package.json"), "utf8"),
	);
	return rows(
		["import from", "source"],
		Object.entries(exports)
			.filter(([, target]) => typeof target === "object")
			.map(([subpath, target]) => [
				`\`${name}${subpath.slice(1)}\``,
				`\`${path.posix.join(folder, target.source ?? target["source-types"])}\``,
			]),
	);
}

function members(root, file, name) {
	const source = {
		path: file,
		text: readFileSync(path.join(root, file), "utf8"),
	};
	const comments = commentsOf(source);
	const found = [];
	walk(source, (node) => {
		if (node.type !== "TSInterfaceDeclaration" || node.id.name !== name) return;
		for (const member of node.body.body) {
			const doc = comments.findLast(({ end }) => end <= member.start);
			const signature = source.text
				.slice(member.start, member.end)
				.replace(/;$/, "")
				.replace(/^readonly /, "");
			const isOwn =
				doc && source.text.slice(doc.end, member.start).trim() === "";
			found.push([`\`${signature}\``, isOwn ? docText(doc.value) : ""]);
		}
	});
	if (found.length === 0)
		throw new Error(`${file} has no interface ${name} with members.`);
	return rows(["option", "meaning"], found);
}

function rows(head, body) {
	return [head, head.map(() => "---"), ...body]
		.map(
			(cells) =>
				`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`,
		)
		.join("\n");
}

function docText(comment) {
	return comment
		.replaceAll(/^\s*\*+ ?/gm, "")
		.replaceAll(/\s+/g, " ")
		.trim();
}

function headerOf(text) {
	const lines = text.split("\n");
	const end = lines.findIndex((line) => !line.startsWith("//"));
	return lines
		.slice(0, end)
		.map((line) => line.replace(/^\/\/ ?/, ""))
		.join(" ");
}

function firstSentence(text) {
	return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}
