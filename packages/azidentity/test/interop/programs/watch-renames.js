// Loaded before a program of ours (`node --import`): whenever the program puts a new document into its place, this opens the
// one that is there at that moment and the new one, by itself, and prints {"replaced": {"lost", "before", "after"}}: the
// entries that the write loses, and the keys before and after it. WATCHED is the document's file.
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { entriesIn } from "./open-document.js";

const { WATCHED } = process.env;
const { rename } = files;
files.rename = async (from, to) => {
	if (to !== WATCHED) return rename(from, to);
	// Nothing between these two and the rename gives way to anything else in this process.
	const name = path.basename(to);
	const [before, after] = [entriesIn(to), entriesIn(from, name)];
	const renamed = rename(from, to);
	const lost = [...before].filter(([key, entry]) => after.get(key) !== entry);
	const keys = [[...before.keys()], [...after.keys()]];
	await renamed;
	const replaced = {
		at: performance.timeOrigin + performance.now(),
		lost: lost.map(([key]) => key),
		before: keys[0],
		after: keys[1],
	};
	process.stdout.write(`${JSON.stringify({ replaced })}\n`);
};
syncBuiltinESMExports();
