// Lists the files that are, or are about to be, in version control, with their text: what the checks look at.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** A NUL in the first bytes marks a binary file, as git itself decides. */
const SNIFFED = 8000;

/** Every text file that git tracks or would offer to track, as `{ path, text }`, sorted by path. */
export function trackedFiles(root) {
	const listed = execFileSync(
		"git",
		["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
		{ cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
	);
	return [...new Set(listed.split("\0"))]
		.filter((file) => file !== "" && existsSync(path.join(root, file)))
		.sort()
		.map((file) => ({
			path: file,
			text: readFileSync(path.join(root, file), "utf8"),
		}))
		.filter(({ text }) => !text.slice(0, SNIFFED).includes("\0"));
}

/** Whether a tracked file holds code that a parser for TypeScript and JavaScript reads. */
export function isCode(file) {
	return /\.(ts|js|mts|mjs|cts|cjs)$/.test(file.path);
}

/** The line number, from 1, at an offset of a text. */
export function lineAt(text, offset) {
	return text.slice(0, offset).split("\n").length;
}
