// Compares the types that two packages export under the same names, as a program that moves from one to the other meets
// them: the members of options, records and classes, inherited ones included, and whether what fits there fits here.
// The compiler itself does it: it knows all that a declaration can say, and reads both packages as a user's program does.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { failuresOf, runCommand } from "../run-command.js";
import { exportsOf } from "./surface.js";

/** A user's usual options; the packages' own declarations are not judged. */
const COMPILER_OPTIONS = {
	target: "es2023",
	lib: ["es2023"],
	module: "nodenext",
	strict: true,
	skipLibCheck: true,
	noEmit: true,
	noErrorTruncation: true,
	types: ["node"],
};

/** Of each of up to four constructors: ConstructorParameters knows the last one only. */
const ARGUMENTS =
	"type Arguments<C> = C extends { new (...a: infer A): unknown; new (...a: infer B): unknown; new (...a: infer C): unknown; new (...a: infer D): unknown } ? A | B | C | D : never;";

/** What differs, from `Type.member` to how. `theirs` and `ours` are declaration files; `root` has the compiler. */
export async function memberDifferences(root, theirs, ours) {
	const questions = questionsOf(exportsOf(theirs), exportsOf(ours));
	const program = [
		`import type * as T from ${specifier(theirs)};`,
		`import type * as O from ${specifier(ours)};`,
		"type Keys<A> = A extends unknown ? keyof A : never;",
		ARGUMENTS,
	];
	const firstLine = program.length + 1;
	program.push(
		...questions.map(
			({ declaration }, at) => `export const q${at}${declaration}`,
		),
	);
	const errors = await compile(root, program.join("\n"));
	const found = new Map();
	for (const { line, message } of errors) {
		const question = questions[line - firstLine];
		if (question === undefined) throw new Error(message);
		for (const [key, what] of question.meaning(message)) found.set(key, what);
	}
	return found;
}

/** One line for the compiler each, and what its objection means. */
function questionsOf(theirs, ours) {
	return [...theirs].flatMap(([name, their]) => {
		if (!ours.has(name)) return [];
		const kind = kindOf(their);
		if (kind === "TSDeclareFunction") return functionQuestions(name);
		if (kind === "ClassDeclaration")
			return [...memberQuestions(name), ...classQuestions(name)];
		return their.type ? [...memberQuestions(name), ...typeQuestions(name)] : [];
	});
}

const kindOf = ({ statement }) => (statement?.declaration ?? statement)?.type;

function memberQuestions(
	name,
	theirs = `Keys<T.${name}>`,
	ours = `Keys<O.${name}>`,
) {
	const meaning = (what) => (message) =>
		namesIn(message).map((member) => [`${name}.${member}`, what]);
	return [
		ask("never", `Exclude<${theirs}, ${ours}>`, meaning("is missing")),
		ask("never", `Exclude<${ours}, ${theirs}>`, meaning("is only here")),
	];
}

function classQuestions(name) {
	return [
		...memberQuestions(
			name,
			`keyof typeof T.${name}`,
			`keyof typeof O.${name}`,
		),
		ask(
			`Arguments<typeof O.${name}>`,
			`Arguments<typeof T.${name}>`,
			whole(`${name}.arguments`, "does not take what it takes there"),
		),
		ask(
			`Pick<T.${name}, keyof T.${name}>`,
			`Pick<O.${name}, keyof T.${name} & keyof O.${name}>`,
			whole(`${name}.instance`, "does not fit where it fits there"),
		),
	];
}

const typeQuestions = (name) => [
	ask(
		`O.${name}`,
		`T.${name}`,
		whole(`${name}.type`, "does not take what it takes there"),
	),
];

const functionQuestions = (name) => [
	ask(
		`typeof T.${name}`,
		`typeof O.${name}`,
		whole(`${name}.type`, "does not fit where it fits there"),
	),
];

const ask = (type, value, meaning) => ({
	declaration: `: ${type} = {} as ${value};`,
	meaning,
});

const whole = (key, what) => (message) => [[key, `${what}: ${message}`]];

/** The members that the compiler lists in `Type '"a" | "b"' is not assignable to type 'never'`. */
const namesIn = (message) =>
	[
		...(/^Type '(.*)' is not/.exec(message)?.[1] ?? "").matchAll(/"([^"]+)"/g),
	].map(([, name]) => name);

const specifier = (file) => JSON.stringify(file.replace(/\.d\.ts$/, ".js"));

/** The compiler's objections to a program, as `{ line, message }`. */
async function compile(root, text) {
	const folder = mkdtempSync(path.join(tmpdir(), "azidentity-api-"));
	try {
		writeFileSync(path.join(folder, "compare.ts"), text);
		writeFileSync(
			path.join(folder, "tsconfig.json"),
			JSON.stringify({
				compilerOptions: {
					...COMPILER_OPTIONS,
					typeRoots: [path.join(root, "node_modules/@types")],
				},
				include: ["compare.ts"],
			}),
		);
		const tsc = path.join(root, "node_modules/typescript/bin/tsc");
		const command = [tsc, "-p", folder, "--pretty", "false"];
		const result = await runCommand(process.execPath, command, { cwd: folder });
		return failuresOf(result).flatMap((text) => {
			// What is indented explains the line before.
			if (/^\s/.test(text)) return [];
			const [, line, message] =
				/\((\d+),\d+\): error \w+: (.*)/.exec(text) ?? [];
			return [{ line: Number(line), message: message ?? text }];
		});
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
