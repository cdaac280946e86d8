// What the disk alone takes to store tokens one after the other in one file: a file of their size, written beside,
// synchronised and renamed each time. `disk-floor.js DIRECTORY WRITES TOKENS`: as many writes, the last with so many tokens;
// it grows with each write where it begins with none.
import { randomBytes } from "node:crypto";
import {
	closeSync,
	fdatasyncSync,
	openSync,
	renameSync,
	writeSync,
} from "node:fs";
import path from "node:path";

/** What a token of 1.5 kB takes in a document of the unified schema, in base64. */
const ENTRY_BYTES = 2_640;

const [directory, ...counts] = process.argv.slice(2);
const [writes, tokens] = counts.map(Number);
const file = path.join(directory, "floor");
const content = randomBytes(ENTRY_BYTES * tokens);
const start = performance.now();
for (let number = 1; number <= writes; number += 1) {
	const fd = openSync(`${file}.tmp`, "wx", 0o600);
	const length = ENTRY_BYTES * (tokens - writes + number);
	for (let at = 0; at < length; ) at += writeSync(fd, content, at, length - at);
	fdatasyncSync(fd);
	closeSync(fd);
	renameSync(`${file}.tmp`, file);
}
console.log(JSON.stringify({ ms: performance.now() - start }));
