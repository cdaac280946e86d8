import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, test } from "vitest";
import { runTool } from "../../src/platform/run-tool.ts";
import { scriptedTool } from "./scripted-tool.ts";

const tool = scriptedTool("tool");

const NEVER = 60_000;
const run = (parts: Partial<Parameters<typeof runTool>[0]> = {}) =>
	runTool({
		names: ["tool"],
		args: [],
		timeout: NEVER,
		abortSignal: new AbortController().signal,
		...parts,
	});

/** Resolves when the tool has written the file. */
async function written(name: string): Promise<string> {
	const file = path.join(tool.folder, name);
	while (!existsSync(file) || readFileSync(file, "utf8") === "")
		await new Promise((resolve) => setTimeout(resolve, 5));
	return readFileSync(file, "utf8").trim();
}

/** Resolves when no process of this number is left; a zombie is none. */
async function gone(pid: number): Promise<void> {
	const isThere = () => {
		try {
			return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
		} catch {
			return false;
		}
	};
	while (isThere()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A tool that starts another process, says both numbers, and never ends. */
const HANGS = `sleep 1000 & echo $! > "\${0%/*}/child"; echo $$ > "\${0%/*}/self"; wait`;

describe("A tool is run to its end", () => {
	test("and what it printed and exited with comes back, each by itself", async () => {
		tool.does("echo out; echo err >&2; exit 3");
		assert.deepEqual(await run(), {
			ended: "exited",
			code: 3,
			stdout: "out\n",
			stderr: "err\n",
		});
	});

	test("with its arguments as they are: no shell reads them", async () => {
		tool.does("exit 0");
		const args = ["$(touch x)", "a b", "; rm -rf x", "`id`", '"', "'", "*", ""];
		await run({ args });
		assert.deepEqual(tool.calls()[0]?.args, args);
	});

	test("without input, in a directory where nobody plants programs", async () => {
		tool.does("cat; exit 0");
		const outcome = await run();
		assert.equal(outcome.ended === "exited" && outcome.stdout, "");
		assert.match(tool.calls()[0]?.cwd ?? "", /^(\/usr)?\/bin$/);
	});

	test("with variables of its own in place of those of this process, in any spelling", async () => {
		process.env.azidentity_test = "inherited";
		try {
			tool.does("exit 0");
			await run({ environment: { AZIDENTITY_TEST: "own" } });
			const { environment } = tool.calls()[0] ?? assert.fail();
			assert.equal(environment.AZIDENTITY_TEST, "own");
			assert.equal(environment.azidentity_test, undefined);
		} finally {
			delete process.env.azidentity_test;
		}
	});

	test("and is not waited for longer because of a process that it left behind", async () => {
		tool.does(`sleep 1000 & echo $! > "\${0%/*}/child"; echo token; exit 0`);
		const outcome = await run();
		assert.equal(outcome.ended === "exited" && outcome.stdout, "token\n");
		process.kill(Number(await written("child")));
	});
});

describe("A tool that does not come to its end is ended, with all it has started", () => {
	const bothGone = async () => {
		await gone(Number(await written("self")));
		await gone(Number(await written("child")));
	};

	test("when its time is up", async () => {
		tool.does(HANGS);
		let timeIsUp = () => {};
		const running = run({
			setTimeout: (callback, milliseconds) => {
				assert.equal(milliseconds, NEVER);
				timeIsUp = callback;
			},
		});
		await written("self");
		timeIsUp();
		assert.deepEqual(await running, { ended: "timed-out" });
		await bothGone();
	});

	test("when nobody wants it any more", async () => {
		tool.does(HANGS);
		const controller = new AbortController();
		const running = run({ abortSignal: controller.signal });
		await written("self");
		controller.abort();
		await assert.rejects(running, { name: "AbortError" });
		await bothGone();
	});

	test("when it prints without end", async () => {
		tool.does(`echo $$ > "\${0%/*}/self"; yes`);
		assert.deepEqual(await run(), { ended: "printed-too-much" });
		await gone(Number(await written("self")));
	});
});

describe("A tool is looked for in PATH", () => {
	test("and is not there when no directory has it", async () => {
		assert.deepEqual(await run(), { ended: "not-found" });
	});

	test("in absolute directories only, so that none of a working directory is found", async () => {
		tool.does("exit 0");
		const { folder } = tool;
		const here = process.cwd();
		process.chdir(folder);
		try {
			for (const PATH of ["", ".", "./", `:${path.relative("/bin", folder)}`]) {
				process.env.PATH = PATH;
				assert.deepEqual(await run(), { ended: "not-found" });
			}
		} finally {
			process.chdir(here);
		}
	});

	test("and neither a directory nor a file that may not be run is one", async () => {
		const { folder } = tool;
		mkdirSync(path.join(folder, "tool"));
		assert.deepEqual(await run(), { ended: "not-found" });
		symlinkSync("/etc/passwd", path.join(folder, "other"));
		assert.deepEqual(await run({ names: ["other"] }), { ended: "not-found" });
	});

	test("and the preferred name wins wherever it lies", async () => {
		tool.does("echo second");
		const outcome = await run({ names: ["first", "tool"] });
		assert.equal(outcome.ended === "exited" && outcome.stdout, "second\n");
	});

	test("and one whose interpreter is missing is none", async () => {
		tool.does("exit 0");
		const { chmodSync, writeFileSync } = await import("node:fs");
		const file = path.join(tool.folder, "tool");
		writeFileSync(file, "#!/no/such/interpreter\n");
		chmodSync(file, 0o755);
		assert.deepEqual(await run(), { ended: "not-found" });
	});
});

test("a tool that is not wanted from the start is not started", async () => {
	tool.does("exit 0");
	const abortSignal = AbortSignal.abort();
	await assert.rejects(run({ abortSignal }), { name: "AbortError" });
	assert.deepEqual(tool.calls(), []);
});
