// Makes the tables in the documents and the plots of the benchmark anew from their sources; `npm run check:docs` says when that is due.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { plots, withTables } from "./tables.js";
import { trackedFiles } from "./tracked-files.js";

const root = path.dirname(import.meta.dirname);
for (const [file, svg] of plots(root)) write(file, svg);
for (const file of trackedFiles(root)) {
	if (!file.path.endsWith(".md")) continue;
	write(file.path, withTables(file.text, root));
}

function write(file, text) {
	const target = path.join(root, file);
	if (existsSync(target) && readFileSync(target, "utf8") === text) return;
	mkdirSync(path.dirname(target), { recursive: true });
	writeFileSync(target, text);
	console.log(`wrote ${file}`);
}
