// Folders and names for the caches of a run; all of it goes with the run, and the keys that lie in the kernel too.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.dirname(import.meta.dirname);

export function openScratch() {
	const folder = mkdtempSync(path.join(os.tmpdir(), "azidentity-bench-"));
	const names = [];
	return {
		folder,
		/** A user's home of its own, and the name of a cache in it. */
		cache() {
			const home = path.join(folder, String(names.length));
			mkdirSync(path.join(home, ".cache"), { recursive: true });
			const name = `bench-${randomUUID()}`;
			names.push(name);
			return { home, name };
		},
		close() {
			rmSync(folder, { recursive: true, force: true });
			if (process.platform === "linux") forgetKeys(names);
		},
	};
}

function forgetKeys(names) {
	const typescript = path.join(
		root,
		"packages/azidentity/campaign/typescript.js",
	);
	const program = path.join(
		root,
		"packages/azidentity/test/persistent/programs/forget-keys.ts",
	);
	execFileSync(process.execPath, ["--import", typescript, program], {
		input: JSON.stringify(names),
		stdio: ["pipe", "ignore", "inherit"],
	});
}
