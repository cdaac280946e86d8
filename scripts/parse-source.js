// Reads TypeScript and JavaScript for the checks: the imports of a file, and a walk over its syntax tree.
// TypeScript 7 offers no stable interface to JavaScript; oxc-parser is maintained and reads the same language.
import { parseSync } from "oxc-parser";
import { lineAt } from "./tracked-files.js";

const parsed = new WeakMap();

function parse(file) {
	let result = parsed.get(file);
	if (result === undefined) {
		result = parseSync(file.path, file.text);
		parsed.set(file, result);
	}
	return result;
}

/** The imports and re-exports of a file: `{ specifier, typeOnly, late, line }`, `late` for `import()`. */
export function importsOf(file) {
	const { module } = parse(file);
	const found = [];
	for (const { moduleRequest, entries, start } of module.staticImports) {
		const typeOnly =
			entries.length > 0 && entries.every((entry) => entry.isType);
		found.push({ specifier: moduleRequest.value, typeOnly, start });
	}
	for (const { entries, start } of module.staticExports) {
		const from = entries.filter((entry) => entry.moduleRequest !== null);
		if (from.length === 0) continue;
		const typeOnly = from.every((entry) => entry.isType);
		found.push({ specifier: from[0].moduleRequest.value, typeOnly, start });
	}
	for (const { moduleRequest, start } of module.dynamicImports) {
		const argument = file.text.slice(moduleRequest.start, moduleRequest.end);
		const literal = /^["'`]([^"'`$]+)["'`]$/.exec(argument);
		if (literal === null) continue;
		found.push({ specifier: literal[1], typeOnly: false, late: true, start });
	}
	return found.map(({ start, ...rest }) => ({
		late: false,
		...rest,
		line: lineAt(file.text, start),
	}));
}

/** The statements at the top of a file. */
export function statementsOf(file) {
	return parse(file).program.body;
}

/** Calls `visit(node, parents)` for every node of the file's tree, or of one in it, parents nearest first. */
export function walk(file, visit, top = parse(file).program) {
	step(top, []);

	function step(node, parents) {
		visit(node, parents);
		const inside = [node, ...parents];
		for (const value of Object.values(node)) {
			for (const child of Array.isArray(value) ? value : [value]) {
				if (typeof child?.type === "string") step(child, inside);
			}
		}
	}
}

/** The comments of a file, in order: `{ value, start, end }`. */
export function commentsOf(file) {
	return parse(file).comments;
}

/** What the parser could not read, as failures. */
export function syntaxErrors(file) {
	return parse(file)
		.errors.filter((error) => error.severity === "Error")
		.map((error) => `${file.path}: ${error.message}`);
}
