import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** A program that a package shows its users, as it stands in the installed package. */
export interface Sample {
	/** The name that its authors gave it. */
	readonly name: string;
	readonly code: string;
}

/** A block of code, with what stands before each of its lines where it is part of a comment. */
const BLOCK = /^([ *]*)```ts snippet:(\S+)\s*\n([\s\S]*?)^\1```/gm;

/** Packages whose every declaration shows a sample; of the others we take what their README shows. */
const DECLARATIONS_TOO = ["@azure/identity"];

/** The samples of an installed package that use `@azure/identity`. They are Microsoft's, and stay where they are. */
export function samplesOf(packageName: string): Sample[] {
	const home = homeOf(packageName);
	const files = [path.join(home, "README.md")];
	if (DECLARATIONS_TOO.includes(packageName)) {
		const declarations = path.join(home, "dist/esm");
		for (const file of readdirSync(declarations, { recursive: true }))
			if (String(file).endsWith(".d.ts"))
				files.push(path.join(declarations, String(file)));
	}
	const found = new Map<string, string>();
	for (const file of files)
		for (const [, before = "", name = "", text = ""] of readFileSync(
			file,
			"utf8",
		).matchAll(BLOCK))
			found.set(name, withoutPrefix(text, before));
	return [...found]
		.filter(([, code]) => code.includes('"@azure/identity"'))
		.map(([name, code]) => ({ name, code }));
}

/** The sample as its reader makes it theirs: with their own names in the place of those in `<>`, and other imports. */
export function filledIn(
	{ name, code }: Sample,
	values: Readonly<Record<string, string>>,
	imports: string,
): string {
	const text = Object.entries(values).reduce(
		(filled, [blank, value]) =>
			filled.replaceAll(`"${blank}"`, JSON.stringify(value)),
		code
			.replaceAll('"@azure/identity"', JSON.stringify(imports))
			.replaceAll(
				/https:\/\/<[\w-]+>\.vault\.azure\.net/g,
				values["vault-url"] ?? "",
			),
	);
	const [blank] = /"<[^">]+>"/.exec(text) ?? [];
	if (blank !== undefined)
		throw new Error(
			`The sample ${name} has a blank that is not filled in: ${blank}`,
		);
	return text;
}

function withoutPrefix(text: string, before: string): string {
	return text
		.split("\n")
		.map((line) => line.slice(before.length))
		.join("\n");
}

/** Its folder: the nearest one above its main file that has its name. */
function homeOf(packageName: string): string {
	const main = createRequire(import.meta.url).resolve(packageName);
	const folder = path.join("node_modules", packageName);
	return main.slice(0, main.lastIndexOf(folder) + folder.length);
}
