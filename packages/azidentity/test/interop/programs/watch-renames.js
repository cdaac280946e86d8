// Loaded before a program of ours (`node --import`): whenever the program puts a new document into its place, this opens the
// one that is there at that moment and the new one, by itself, and prints {"replaced": {"lost", "before", "after"}}: the
// entries that the write loses, and the keys before and after it. WATCHED is the document's file.
import files from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { entriesIn } from "./open-document.js";

const { WATCHED } = process.env;
const { renameSync } = files;
files.renameSync = (from, to) => {
	if (to !== WATCHED) return renameSync(from, to);
	const name = path.basename(to);
	const [before, after] = [entriesIn(to), entriesIn(from, name)];
	renameSync(from, to);
	const lost = [...before].filter(([key, entry]) => after.get(key) !== entry);
	const replaced = {
		at: performance.timeOrigin + performance.now(),
		lost: lost.map(([key]) => key),
		before: [...before.keys()],
		after: [...after.keys()],
	};
	process.stdout.write(`${JSON.stringify({ replaced })}\n`);
};
syncBuiltinESMExports();
