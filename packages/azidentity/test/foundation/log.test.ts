import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, test } from "vitest";
import { flushLog, log, logger } from "../../src/foundation/log.ts";

let lines: string[];
let writeLog: typeof AzureLogger.log;

beforeEach(() => {
	lines = [];
	writeLog = AzureLogger.log;
	AzureLogger.log = (...args) => lines.push(args.join(" "));
});

afterEach(() => {
	AzureLogger.log = writeLog;
	setLogLevel(undefined);
});

describe("the log", () => {
	test("is silent until the program turns it on, and then keeps the order of its lines", async () => {
		log.error("before");
		await flushLog();
		setLogLevel("info");
		log.info("one");
		log.verbose("too much");
		log.warning("two");
		log.error("three");
		await flushLog();
		assert.deepEqual(lines, [
			"azure:identity:info one",
			"azure:identity:warning two",
			"azure:identity:error three",
		]);
	});

	test("cuts out what looks like a token", async () => {
		setLogLevel("verbose");
		log.verbose(
			"got eyJhbGciOiJub25lIn0.eyJhIjoxfQ.planted and client_secret=planted&x=1",
		);
		logger.info("and", "Bearer planted-planted-planted", 7);
		await flushLog();
		assert.deepEqual(lines, [
			"azure:identity:verbose got [redacted] and client_secret=[redacted]&x=1",
			"azure:identity:info and Bearer [redacted] 7",
		]);
	});

	test("can be redirected by the program, level by level", async () => {
		const own: string[] = [];
		const before = logger.warning.log;
		logger.warning.log = (...args) => own.push(args.join(" "));
		setLogLevel("warning");
		log.warning("mine");
		log.error("theirs");
		await flushLog();
		logger.warning.log = before;
		assert.deepEqual(own, ["azure:identity:warning mine"]);
		assert.deepEqual(lines, ["azure:identity:error theirs"]);
	});

	test("says whether it is on, under the official namespace", async () => {
		log.verbose("loads it");
		await flushLog();
		assert.equal(logger.info.enabled, false);
		setLogLevel("info");
		assert.equal(logger.info.enabled, true);
		assert.equal(logger.verbose.enabled, false);
		assert.equal(logger.info.namespace, "azure:identity:info");
	});
});

/** A program of its own that has our log; what it asks to be loaded, and what it prints. */
function program(code: string, level = ""): { loads: string; prints: string } {
	const source = fileURLToPath(
		new URL("../../src/foundation/log.ts", import.meta.url),
	);
	const { outputFiles } = buildSync({
		stdin: {
			contents: `import { flushLog, log, logger } from ${JSON.stringify(source)};\n${code}`,
			resolveDir: import.meta.dirname,
		},
		bundle: true,
		format: "esm",
		platform: "node",
		packages: "external",
		write: false,
	});
	const hooks = `export async function resolve(name, context, next) { process._rawDebug("LOADS " + name); return next(name, context); }`;
	const hooked = `import { register } from "node:module"; register(${JSON.stringify(asModule(hooks))});`;
	const { status, stderr } = spawnSync(
		process.execPath,
		// Newer Nodes call `register` deprecated, on the stream that is looked at here.
		[
			"--no-deprecation",
			...["--import", asModule(hooked), "--input-type=module"],
		],
		{
			input: outputFiles[0]?.text ?? "",
			encoding: "utf8",
			cwd: import.meta.dirname,
			env: { PATH: process.env.PATH, AZURE_LOG_LEVEL: level },
		},
	);
	assert.equal(status, 0, stderr);
	const lines = stderr.split("\n");
	const ofKind = (loads: boolean) =>
		lines.filter((line) => line.startsWith("LOADS ") === loads).join("\n");
	return { loads: ofKind(true), prints: ofKind(false) };
}

const asModule = (code: string) =>
	`data:text/javascript,${encodeURIComponent(code)}`;

describe("in a program of its own", () => {
	test("the logger's package is loaded by the first line, not before", () => {
		const silent = program("logger.info.enabled; await flushLog();");
		assert.doesNotMatch(silent.loads, /@azure\/logger/);
		const speaking = program('log.info("x"); await flushLog();');
		assert.match(speaking.loads, /@azure\/logger/);
		assert.equal(speaking.prints.trim(), "");
	});

	test("AZURE_LOG_LEVEL turns the log on, and the lines before the package was there come first", () => {
		const code =
			'log.info(String(logger.info.enabled)); log.warning("two"); log.verbose("too much"); await flushLog(); log.info("three");';
		assert.deepEqual(program(code, "info").prints.trim().split("\n"), [
			"azure:identity:info true",
			"azure:identity:warning two",
			"azure:identity:info three",
		]);
	});

	test("lines redirected before the package was there go where they were sent", () => {
		const code =
			'logger.info.log = (...args) => console.error("MINE", ...args); log.info("one"); await flushLog();';
		assert.equal(
			program(code, "info").prints.trim(),
			"MINE azure:identity:info one",
		);
	});
});
