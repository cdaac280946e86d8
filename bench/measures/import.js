// Importing a module in a process that has loaded nothing else: `import.js SPECIFIER FOLDER`, as a program in that folder of
// the benchmark would.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [specifier, folder] = process.argv.slice(2);
const home = path.resolve(import.meta.dirname, "..", folder, "package.json");
const resolved =
	folder === "."
		? import.meta.resolve(specifier)
		: pathToFileURL(createRequire(home).resolve(specifier)).href;
const start = performance.now();
await import(resolved);
const ms = performance.now() - start;
console.log(JSON.stringify({ ms }));
