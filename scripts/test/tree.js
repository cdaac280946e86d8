import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** Writes files, given as `{ path: text }`, into a folder that lives as long as the test, and returns it. */
export function tree(files, under = ".") {
	const scratch = mkdtempSync(path.join(tmpdir(), "checks-"));
	onTestFinished(() => rmSync(scratch, { recursive: true }));
	const home = path.join(scratch, under);
	for (const [file, text] of Object.entries(files)) {
		mkdirSync(path.join(home, path.dirname(file)), { recursive: true });
		writeFileSync(path.join(home, file), text);
	}
	return home;
}
