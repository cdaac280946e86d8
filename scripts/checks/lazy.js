// Importing the library loads the library and nothing else: no HTTP stack, no logger, no native code, no way to start
// a process. Whoever imports it pays for what they use, when they use it; a command line that only prints its help
// must not wait for an HTTP pipeline. Each entry of each published package listed here is imported in a fresh process.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../run-command.js";

export const needsBuild = true;

const LAZY_PACKAGES = ["packages/azidentity"];

/** Built-in modules that load on first need only: what reaches out of the process. */
const LATE_BUILTINS = [
	"child_process",
	"cluster",
	"dgram",
	"dns",
	"http",
	"http2",
	"https",
	"net",
	"tls",
	"worker_threads",
];

/** Imports what it is told, and tells which built-in modules and shared objects came with it. */
const PROBE = `
	const objects = () => process.report.getReport().sharedObjects;
	process.report.excludeNetwork = true;
	const before = new Set([...process.moduleLoadList, ...objects()]);
	await import(process.argv[1]);
	const after = [...process.moduleLoadList, ...objects()].filter((each) => !before.has(each));
	console.log(JSON.stringify(after));
`;

export async function check(root) {
	const found = [];
	for (const folder of LAZY_PACKAGES) {
		const home = path.join(root, folder);
		const { name, exports } = JSON.parse(
			readFileSync(path.join(home, "package.json"), "utf8"),
		);
		for (const [subpath, target] of Object.entries(exports)) {
			if (typeof target === "string") continue; // a document, not a module
			found.push(...(await loadedTooEarly(home, name + subpath.slice(1))));
		}
	}
	return found;
}

/** What importing `specifier`, an entry of the package at `home`, loads beside that package's own files. */
export async function loadedTooEarly(home, specifier) {
	const scripts = mkdtempSync(path.join(tmpdir(), "check-lazy-"));
	try {
		const { code, output } = await runCommand(
			process.execPath,
			["--input-type=module", "-e", PROBE, specifier],
			// Coverage is the one list of every script that ran, however it was loaded.
			{ cwd: home, env: { NODE_V8_COVERAGE: scripts } },
		);
		if (code !== 0) return [`import("${specifier}") failed: ${output}`];
		return [
			...JSON.parse(output).filter(isEarly),
			...loadedFiles(scripts).filter((file) => !isInside(home, file)),
		].map((each) => `import("${specifier}") loads ${each}`);
	} finally {
		rmSync(scripts, { recursive: true });
	}
}

function isEarly(loaded) {
	const builtin = /^NativeModule (.+)$/.exec(loaded)?.[1];
	return builtin === undefined
		? loaded.endsWith(".node")
		: LATE_BUILTINS.includes(builtin);
}

function loadedFiles(folder) {
	const urls = readdirSync(folder).flatMap((file) =>
		JSON.parse(readFileSync(path.join(folder, file), "utf8")).result.map(
			({ url }) => url,
		),
	);
	return [...new Set(urls)]
		.filter((url) => url.startsWith("file:"))
		.map((url) => fileURLToPath(url));
}

function isInside(home, file) {
	const relative = path.relative(home, file);
	return (
		!relative.startsWith("..") &&
		!relative.split(path.sep).includes("node_modules")
	);
}
