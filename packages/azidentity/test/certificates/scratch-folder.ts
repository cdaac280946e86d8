import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

/** A folder for the files of one test file, gone after its last test. */
export function scratchFolder() {
	const folder = mkdtempSync(path.join(tmpdir(), "azidentity-certificates-"));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	let files = 0;
	return {
		path: folder,
		/** Writes a file under a name of its own, and says where it is. */
		file(content: string | Uint8Array, name?: string): string {
			files += 1;
			const file = path.join(folder, name ?? `file-${files}`);
			writeFileSync(file, content);
			return file;
		},
	};
}
