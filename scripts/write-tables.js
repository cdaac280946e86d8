// Makes the tables in the documents anew from their sources; `npm run check:docs` says when that is due.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { withTables } from "./tables.js";
import { trackedFiles } from "./tracked-files.js";

const root = path.dirname(import.meta.dirname);
for (const file of trackedFiles(root)) {
	if (!file.path.endsWith(".md")) continue;
	const text = withTables(file.text, root);
	if (text === file.text) continue;
	writeFileSync(path.join(root, file.path), text);
	console.log(`wrote ${file.path}`);
}
