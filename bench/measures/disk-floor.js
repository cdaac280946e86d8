// What the disk alone takes to store tokens one after the other in one file, encrypted as the Go library does: a file that
// grows to the size of that many, written beside, synchronised and renamed each time. `disk-floor.js DIRECTORY TOKENS`
import { randomBytes } from "node:crypto";
import {
	closeSync,
	fdatasyncSync,
	openSync,
	renameSync,
	writeSync,
} from "node:fs";
import path from "node:path";
import { print } from "../subjects.js";

/** What a token of 1.5 kB takes in a document of the unified schema, in base64. */
const ENTRY_BYTES = 2_640;

const [directory, count] = process.argv.slice(2);
const tokens = Number(count);
const file = path.join(directory, "floor");
const content = randomBytes(ENTRY_BYTES * tokens);
const start = performance.now();
for (let number = 1; number <= tokens; number += 1) {
	const fd = openSync(`${file}.tmp`, "wx", 0o600);
	writeSync(fd, content, 0, ENTRY_BYTES * number);
	fdatasyncSync(fd);
	closeSync(fd);
	renameSync(`${file}.tmp`, file);
}
print({ ms: performance.now() - start });
