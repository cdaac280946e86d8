// Proves that a program written for @azure/identity moves to this package by changing the import: the program in
// packages/azidentity/test/drop-in compiles against both packages with nothing else changed, under a user's usual options
// and under stricter ones, and prints the same when it runs. And it leaves nothing out: it uses every public name, every
// member of every type of options, and every form of every constructor that @azure/identity has.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { statementsOf, walk } from "../parse-source.js";
import { NOT_YET } from "./azure-identity.js";
import { changedLines } from "./changed-lines.js";
import { exportsOf } from "./surface.js";
import { tryProgram } from "./try-program.js";

const THEIRS = "@azure/identity";
const OURS = "azidentity";
const PROGRAM = "packages/azidentity/test/drop-in";

/** What is wrong with the program, or with us. */
export async function dropInFailures(root) {
	const notYet = Object.values(NOT_YET).flat();
	const home = path.join(root, PROGRAM);
	const program = readdirSync(home)
		.map((name) => ({
			path: name,
			text: readFileSync(path.join(home, name), "utf8"),
		}))
		// A part that uses what is still to come waits for it.
		.filter(
			(file) => !importedNames(file).some((name) => notYet.includes(name)),
		);
	const surface = new Map(
		[
			...exportsOf(
				path.join(root, "node_modules", THEIRS, "dist/esm/index.d.ts"),
			),
		].filter(([name]) => !notYet.includes(name)),
	);
	const incomplete = [
		...unusedNames(program, surface),
		...missingConstructions(program, surface),
	].map((failure) => `${PROGRAM}: ${failure}`);
	if (incomplete.length > 0) return incomplete;
	const [theirs, ours] = await Promise.all([
		tryProgram(root, [...program, completeness(program, surface)]),
		tryProgram(root, program.map(moved)),
	]);
	const failures = [
		...theirs.failures.map(
			(failure) => `with ${THEIRS}: ${PROGRAM}/${failure}`,
		),
		...ours.failures.map((failure) => `with ${OURS}: ${PROGRAM}/${failure}`),
	];
	if (failures.length > 0) return failures;
	const printed = changedLines(theirs.output, ours.output);
	if (printed.length === 0) return [];
	return [`${PROGRAM} prints with ${THEIRS} (-) and ${OURS} (+):`, ...printed];
}

const moved = ({ path: name, text }) => ({
	path: name,
	text: text.replaceAll(`"${THEIRS}"`, `"${OURS}"`),
});

/** The public names that no file of the program imports. That what is imported is used is for the compiler to say. */
export function unusedNames(program, surface) {
	const used = new Set(program.flatMap(importedNames));
	return [...surface.keys()]
		.filter((name) => !used.has(name))
		.map((name) => `does not use ${name}`);
}

function importedNames(file) {
	return statementsOf(file)
		.filter(
			({ type, source }) =>
				type === "ImportDeclaration" && source.value === THEIRS,
		)
		.flatMap(({ specifiers }) =>
			specifiers.map(({ imported }) => imported.name),
		);
}

/**
 * The forms of constructors that no file of the program calls: each with the fewest and with all of its arguments, and as
 * many different calls as there are forms that take that many.
 */
export function missingConstructions(program, surface) {
	const calls = constructions(program);
	return [...surface].flatMap(([name, { statement }]) => {
		const made = calls.get(name) ?? new Set();
		return [...wantedCalls(statement)]
			.filter(
				([count, wanted]) =>
					[...made].filter((call) => call.startsWith(`${count} `)).length <
					wanted,
			)
			.map(
				([count, wanted]) =>
					`does not call new ${name} with ${count} arguments in ${wanted} ways`,
			);
	});
}

/** From each class to the calls of its constructor, as the number of arguments and their text. */
function constructions(program) {
	const calls = new Map();
	for (const file of program)
		walk(file, (node) => {
			if (node.type !== "NewExpression") return;
			const { name } = node.callee;
			if (!calls.has(name)) calls.set(name, new Set());
			const text = file.text.slice(node.callee.end, node.end);
			calls.get(name).add(`${node.arguments.length} ${text}`);
		});
	return calls;
}

/** From a number of arguments to the number of forms that take so few or so many. */
function wantedCalls(statement) {
	const declaration = statement?.declaration ?? statement;
	const wanted = { fewest: new Map(), all: new Map() };
	if (declaration?.type !== "ClassDeclaration") return new Map();
	const add = (map, count) => map.set(count, (map.get(count) ?? 0) + 1);
	for (const { kind, value } of declaration.body.body) {
		if (kind !== "constructor") continue;
		const params = value.params;
		const required = params.filter(
			(param) => param.type !== "RestElement" && !param.optional,
		);
		add(wanted.fewest, required.length);
		add(wanted.all, params.length);
	}
	const counts = new Set([...wanted.fewest.keys(), ...wanted.all.keys()]);
	return new Map(
		[...counts].map((count) => {
			const fewest = wanted.fewest.get(count) ?? 0;
			// There is one way only to pass nothing.
			const few = count === 0 ? Math.min(fewest, 1) : fewest;
			return [count, Math.max(few, wanted.all.get(count) ?? 0)];
		}),
	);
}

/** A file for the compiler: no type of theirs has a member that the program's `options` do not give. */
function completeness(program, surface) {
	const files = program.filter(({ text }) =>
		/^export const options\b/m.test(text),
	);
	const types = [...surface].filter(([, { type }]) => type);
	const lines = [
		`import type * as T from "${THEIRS}";`,
		...files.map(
			({ path: file }, at) =>
				`import type { options as options${at} } from "./${file}";`,
		),
		`type Given = ${files.map((_, at) => `typeof options${at}`).join(" & ")};`,
		"type Keys<A> = A extends unknown ? keyof A : never;",
		"type Shape<V> = V extends readonly (infer E)[] ? E : V;",
		"type Missing<N extends string, A> = A extends string | ((...given: never[]) => unknown) ? never",
		'	: N extends keyof Given ? Exclude<Keys<A>, Keys<Shape<Given[N]>>> : "all of it";',
		...types.map(
			([name]) =>
				`export const missing${name}: never = {} as Missing<"${name}", T.${name}>;`,
		),
	];
	return { path: "completeness.ts", text: lines.join("\n") };
}
