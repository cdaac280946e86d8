// What the documents say is so: their examples compile against the packages, their links lead somewhere, the scripts
// they name exist, and their tables are those of the sources. A reader who copies a broken example does not come back.
// A block that cannot compile says why in its first line: ```ts ignore: the reason
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../run-command.js";
import { plots, withTables } from "../tables.js";
import { trackedFiles } from "../tracked-files.js";

const FENCE = /^(\s*)(```+)\s*(\w*)[ \t]*(.*)$/;
const LANGUAGES = {
	ts: "ts",
	typescript: "ts",
	js: "js",
	javascript: "js",
	mjs: "js",
};

export async function check(root) {
	const files = trackedFiles(root);
	const documents = files.filter(({ path: file }) => file.endsWith(".md"));
	const scripts = files
		.filter(({ path: file }) => path.posix.basename(file) === "package.json")
		.flatMap(({ text }) => Object.keys(JSON.parse(text).scripts ?? {}));
	return [
		...documents.flatMap((document) => brokenLinks(document, files)),
		...documents.flatMap((document) => unknownScripts(document, scripts)),
		...documents.flatMap((document) => staleTables(document, root)),
		...stalePlots(files, root),
		...(await brokenExamples(documents, root)),
	];
}

/** Relative links to what is not there, and to headings that are not there. */
export function brokenLinks(document, files) {
	const folder = path.posix.dirname(document.path);
	const paths = files.map((file) => file.path);
	return linksOf(prose(document.text))
		.filter(({ target }) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target))
		.flatMap(({ target, line }) => {
			const [file, heading] = decodeURI(target).split("#");
			const to =
				file === "" ? document.path : path.posix.normalize(`${folder}/${file}`);
			const there = to.replace(/\/$/, "");
			const isThere = paths.some(
				(each) => each === there || each.startsWith(`${there}/`),
			);
			const where = `${document.path}:${line}: the link to ${target} leads nowhere`;
			if (!isThere) return there === "." ? [] : [where];
			if (heading === undefined || !to.endsWith(".md")) return [];
			const { text } = files.find((each) => each.path === to);
			return headingsOf(text).includes(heading)
				? []
				: [`${where}: there is no such heading`];
		});
}

/** Scripts named as `npm run x` that no package of the workspace has. */
export function unknownScripts({ path: file, text }, scripts) {
	return text
		.split("\n")
		.flatMap((line, index) =>
			[...line.matchAll(/\bnpm run (?:--?\S+ )*([\w:-]*\w)(?![\w:-]*[<…*])/g)]
				.filter(([, name]) => !scripts.includes(name))
				.map(
					([, name]) => `${file}:${index + 1}: there is no script "${name}"`,
				),
		);
}

function staleTables({ path: file, text }, root) {
	try {
		if (withTables(text, root) === text) return [];
		return [
			`${file}: a table is not what its source says now; run \`npm run docs\``,
		];
	} catch (error) {
		return [`${file}: ${error.message}`];
	}
}

function stalePlots(files, root) {
	const there = new Map(files.map((file) => [file.path, file.text]));
	return [...plots(root)]
		.filter(([file, svg]) => there.get(file) !== svg)
		.map(
			([file]) =>
				`${file}: the plot is not what was measured; run \`npm run docs\``,
		);
}

/** What the compiler finds in the fenced ts and js blocks; each is a module of its own. */
export async function brokenExamples(documents, root) {
	const blocks = documents.flatMap(examplesOf);
	const unexplained = blocks
		.filter(({ info }) => /^ignore\b(?!: *\S)/.test(info))
		.map(
			({ file, line }) =>
				`${file}:${line}: says "ignore" and not why: \`\`\`ts ignore: the reason`,
		);
	const compiled = blocks.filter(({ info }) => !/^ignore\b/.test(info));
	if (compiled.length === 0) return unexplained;
	return [...unexplained, ...(await compile(compiled, root))];
}

async function compile(blocks, root) {
	const cache = path.join(root, "node_modules/.cache");
	mkdirSync(cache, { recursive: true });
	const folder = mkdtempSync(path.join(cache, "docs-"));
	try {
		const names = blocks.map((block, index) => {
			const name = `${index}.${block.language}`;
			// As many empty lines as stand before the block, so that the compiler's line is the document's.
			writeFileSync(
				path.join(folder, name),
				`export {};${"\n".repeat(block.line)}${block.code}`,
			);
			return name;
		});
		writeFileSync(
			path.join(folder, "tsconfig.json"),
			JSON.stringify({
				extends: path.join(root, "tsconfig.json"),
				compilerOptions: { allowJs: true, checkJs: true, noImplicitAny: false },
				files: names,
			}),
		);
		const { code, output } = await runCommand(
			process.execPath,
			[
				path.join(root, "node_modules/typescript/bin/tsc"),
				"-p",
				".",
				"--pretty",
				"false",
			],
			{ cwd: folder },
		);
		const found = output.split("\n").flatMap((line) => {
			const [, index, at, rest] =
				/^(\d+)\.[tj]s\((\d+),\d+\): (.*)$/.exec(line) ?? [];
			return index === undefined
				? []
				: [`${blocks[Number(index)].file}:${at}: ${rest}`];
		});
		// What is wrong in the sources themselves is for check:types to say.
		const isOurs = found.length > 0 || code === 0 || /^\S+\.ts\(/m.test(output);
		return isOurs ? found : output.split("\n");
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function examplesOf({ path: file, text }) {
	const found = [];
	let block;
	for (const [index, line] of text.split("\n").entries()) {
		const [, indent, fence, word = "", info = ""] = FENCE.exec(line) ?? [];
		if (block === undefined && fence !== undefined) {
			block = {
				file,
				line: index + 1,
				fence,
				indent,
				language: LANGUAGES[word],
				info,
				code: "",
			};
		} else if (block !== undefined && fence === block.fence && word === "") {
			if (block.language !== undefined) found.push(block);
			block = undefined;
		} else if (block !== undefined) {
			block.code += `${line.slice(block.indent.length)}\n`;
		}
	}
	return found;
}

/** The text with fenced blocks and code spans blanked, line for line. */
function prose(text) {
	return text
		.replaceAll(/^(\s*```+).*\n[\s\S]*?^\1\s*$/gm, (block) =>
			block.replaceAll(/[^\n]/g, ""),
		)
		.replaceAll(/`[^`\n]+`/g, (code) => "x".repeat(code.length));
}

function linksOf(text) {
	return text
		.split("\n")
		.flatMap((line, index) =>
			[
				...line.matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g),
				...line.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/g),
				...line.matchAll(/<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g),
			].map(([, target]) => ({ target, line: index + 1 })),
		);
}

/** The anchors of a document's headings, as its readers' programs make them. */
function headingsOf(text) {
	const seen = new Map();
	return text
		.replaceAll(/^(\s*```+).*\n[\s\S]*?^\1\s*$/gm, "")
		.split("\n")
		.filter((line) => /^#{1,6} /.test(line))
		.map((line) => {
			const slug = line
				.replace(/^#+ /, "")
				.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
				.toLowerCase()
				.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
				.trim()
				.replaceAll(/\s/g, "-");
			const times = seen.get(slug) ?? 0;
			seen.set(slug, times + 1);
			return times === 0 ? slug : `${slug}-${times}`;
		});
}
