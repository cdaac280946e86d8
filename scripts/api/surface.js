// Reads the public surface of a built package from its type declarations: every exported name, where it is declared,
// and the text of each declaration without its comments; also of what a declaration names and nobody can import.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { commentsOf, statementsOf, walk } from "../parse-source.js";

/** The report of a package in `home`, as the text of a document. */
export function surfaceReport(home) {
	const { name, exports } = JSON.parse(
		readFileSync(path.join(home, "package.json"), "utf8"),
	);
	const read = reader();
	const declared = new Map();
	const parts = [`# The public surface of ${name}`];
	for (const [subpath, target] of Object.entries(exports)) {
		if (typeof target === "string") continue;
		const names = exportsOf(path.join(home, target.types), read);
		parts.push(`## ${name}${subpath.slice(1)}`);
		parts.push(
			[...names]
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([exported, { from, type }]) => {
					const origin = from === undefined ? "" : ` from \`${from}\``;
					return `- \`${exported}\`${type ? " (type)" : ""}${origin}`;
				})
				.join("\n"),
		);
		for (const each of [...names.values()].flatMap(withTwin))
			if (each.statement) declared.set(each.statement, each);
	}
	const exported = new Set(declared.keys());
	for (const each of declared.values())
		for (const found of namedBy(each, read))
			if (!declared.has(found.statement)) declared.set(found.statement, found);
	const isExported = ({ statement }) => exported.has(statement);
	const all = [...declared.values()];
	parts.push("## Declarations", ...texts(all.filter(isExported)));
	parts.push(
		"## Named by these, not exported",
		...texts(all.filter((each) => !isExported(each))),
	);
	return `${parts.join("\n\n")}\n`;
}

/** What a declaration file exports: a map from name to `{ statement, file, type }`, or `{ from, type }` for another package. */
export function exportsOf(dts, read = reader()) {
	const file = read(dts);
	const names = new Map();
	for (const statement of statementsOf(file)) {
		if (statement.type === "ExportAllDeclaration") {
			const target = resolve(dts, statement.source.value);
			for (const [name, found] of exportsOf(target, read))
				names.set(name, found);
			continue;
		}
		if (statement.type !== "ExportNamedDeclaration") continue;
		for (const name of declaredBy(statement)) {
			const twin = names.get(name);
			const found = { statement, file, type: isType(statement) };
			// A value and a type may share a name; it is then a value to who imports it.
			const [main, other] = found.type ? [twin, found] : [found, twin];
			names.set(name, twin ? { ...main, twin: other } : found);
		}
		for (const { local, exported, exportKind } of statement.specifiers) {
			const found = statement.source
				? follow(dts, statement.source.value, local.name, read)
				: localDeclaration(file, local.name, read);
			const type =
				(found?.type ?? true) ||
				exportKind === "type" ||
				statement.exportKind === "type";
			names.set(exported.name, { ...found, type });
		}
	}
	return names;
}

function withTwin(found) {
	return found.twin === undefined ? [found] : [found, found.twin];
}

function follow(dts, source, name, read) {
	const target = resolve(dts, source);
	if (target === undefined) return { from: source, type: false };
	return exportsOf(target, read).get(name);
}

/** The declaration that a name stands for in a file: its own, or the one it imports. */
function localDeclaration(file, name, read) {
	for (const statement of statementsOf(file)) {
		if (declaredBy(statement).includes(name))
			return { statement, file, type: isType(statement) };
		if (statement.type !== "ImportDeclaration") continue;
		const specifier = statement.specifiers.find(
			(each) => each.local.name === name,
		);
		if (specifier !== undefined)
			return follow(
				file.path,
				statement.source.value,
				specifier.imported?.name,
				read,
			);
	}
}

function declaredBy(statement) {
	const declaration = statement.declaration ?? statement;
	if (declaration.type === "VariableDeclaration")
		return declaration.declarations.map(({ id }) => id.name);
	const isDeclaration =
		/^(ClassDeclaration|TSDeclareFunction|FunctionDeclaration|TSInterfaceDeclaration|TSTypeAliasDeclaration|TSEnumDeclaration)$/;
	return isDeclaration.test(declaration.type) ? [declaration.id.name] : [];
}

function isType(statement) {
	const { type } = statement.declaration ?? statement;
	return type === "TSInterfaceDeclaration" || type === "TSTypeAliasDeclaration";
}

/** The declarations of the same package that a declaration names. */
function namedBy({ statement, file }, read) {
	const names = new Set();
	walk(
		file,
		(node) => {
			if (node.type === "Identifier") names.add(node.name);
		},
		statement,
	);
	return [...names]
		.filter((name) => !declaredBy(statement).includes(name))
		.map((name) => localDeclaration(file, name, read))
		.filter((found) => found?.statement !== undefined);
}

function texts(declarations) {
	return declarations
		.map(({ statement, file }) => withoutComments(file, statement))
		.sort()
		.map((text) => `\`\`\`dts\n${text}\n\`\`\``);
}

function withoutComments(file, { start, end }) {
	let text = "";
	let at = start;
	for (const comment of commentsOf(file)) {
		if (comment.start < start || comment.end > end) continue;
		text += file.text.slice(at, comment.start);
		at = comment.end;
	}
	return (text + file.text.slice(at, end))
		.split("\n")
		.filter((line) => line.trim() !== "")
		.join("\n");
}

function resolve(from, specifier) {
	if (!specifier.startsWith(".")) return undefined;
	const target = path.join(
		path.dirname(from),
		specifier.replace(/\.js$/, ".d.ts"),
	);
	return existsSync(target) ? target : undefined;
}

/** Reads each file once, so that a declaration met twice is the same object. */
function reader() {
	const files = new Map();
	return (file) => {
		if (!files.has(file))
			files.set(file, { path: file, text: readFileSync(file, "utf8") });
		return files.get(file);
	};
}
