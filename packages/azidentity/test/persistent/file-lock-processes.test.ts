import assert from "node:assert/strict";
import {
	existsSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import {
	afterAll,
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	test,
} from "vitest";
import { fileLock } from "../../src/stores/persistent/file-lock.ts";
import {
	buildGo,
	bundled,
	lack,
	type Program,
	pythonPackages,
	scratchDirectory,
	start,
	startNode,
	startPython,
} from "./lock-programs.ts";

/** Far longer than any test waits. */
const PATIENCE_MS = 60_000;

let module_: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
	module_ = await bundled({ fileLock: "stores/persistent/file-lock.ts" });
});
afterAll(() => module_.remove());

let directory: string;
let file: string;
let running: Program[];
beforeEach(() => {
	directory = scratchDirectory();
	file = path.join(directory, "msal.cache.lockfile");
	running = [];
});
afterEach(() => {
	for (const { child } of running) child.kill("SIGKILL");
	rmSync(directory, { recursive: true, force: true });
});

function run(...task: string[]): Program {
	return started(startNode("lock.js", module_.file, file, ...task));
}

function started(program: Program): Program {
	running.push(program);
	return program;
}

async function holding(...task: string[]): Promise<Program> {
	const program = run(...task);
	const said = await program.next();
	if (said !== "child") assert.equal(said, "held");
	return program;
}

const tryOnce = () => fileLock(file).acquire(0);

/** Lets programs add 1 to the number in a file, many times each and all at once. Returns the number in the end. */
async function counted(counter: string, programs: Program[]): Promise<number> {
	writeFileSync(counter, "0");
	for (const program of programs) assert.equal(await program.next(), "ready");
	for (const program of programs) program.goOn();
	await Promise.all(programs.map(({ ended }) => ended));
	return Number(readFileSync(counter, "utf8"));
}

/**
 * Whether the next one has the lock within 100 ms of its holder's letting go. What had to be waited out would take longer
 * each time; on a busy machine many a handover does, so one of many has to be soon.
 */
async function isHandedOverSoon(
	letGo: (holder: Program) => Promise<void>,
): Promise<boolean> {
	for (let tries = 0; tries < 20; tries += 1) {
		const holder = await holding("hold");
		assert.equal(await tryOnce(), undefined);
		const waiting = fileLock(file).acquire(PATIENCE_MS);
		await letGo(holder);
		const start = performance.now();
		const lease = await waiting;
		const took = performance.now() - start;
		await lease?.release();
		await holder.ended;
		if (took < 100) return true;
	}
	return false;
}

describe("among processes", () => {
	test("8 that change a file 100 times each under the lock lose no change", async () => {
		const counter = path.join(directory, "counter");
		const programs = Array.from({ length: 8 }, () =>
			run("count", counter, "100"),
		);
		assert.equal(await counted(counter, programs), 800);
		assert.deepEqual(readdirSync(directory), ["counter"]);
	});

	test("the next one has it within 100 ms of its holder's death", async () => {
		assert.ok(
			await isHandedOverSoon(async (holder) => {
				holder.child.kill("SIGKILL");
			}),
		);
	});

	test("the next one has it within 100 ms of its being given back", async () => {
		assert.ok(
			await isHandedOverSoon(async (holder) => {
				holder.goOn();
				assert.equal(await holder.next(), "released");
			}),
		);
	});

	test("a dead holder's file blocks nobody who comes later", async () => {
		const holder = await holding("hold");
		holder.child.kill("SIGKILL");
		await holder.ended;
		assert.ok(existsSync(file));
		const lease = await tryOnce();
		assert.ok(lease);
		await lease.release();
	});

	test("a child of the holder does not have it, and so does not keep it", async () => {
		const holder = await holding("hold-with-child");
		const child = await holder.next();
		assert.ok(["held", "child"].includes(child));
		holder.child.kill("SIGKILL");
		const lease = await fileLock(file).acquire(1_000);
		assert.ok(lease, "the child keeps it");
		await lease.release();
		holder.child.stdin?.end();
	});

	test("who exits while it has the lock leaves no file that others would wait for", async () => {
		const holder = run("exit");
		assert.equal(await holder.ended, null);
		assert.deepEqual(readdirSync(directory), []);
	});

	test("patience that was not needed keeps no process alive", async () => {
		assert.equal(await run("once").ended, null);
	});
});

describe.for(["Go", "Python"] as const)(
	"with MSAL's lock for %s",
	(language) => {
		const missing =
			language === "Go"
				? lack("go", "version")
				: lack("python3", "-m", "pip", "--version");
		let program: string;
		let tools: string | undefined;
		beforeAll(() => {
			if (missing !== undefined) return;
			tools = scratchDirectory();
			if (language === "Go") program = buildGo("go-lock", tools);
			else
				pythonPackages(
					path.join(
						import.meta.dirname,
						"programs/python-lock/requirements.txt",
					),
				);
		}, 300_000);
		afterAll(() => {
			if (tools !== undefined) rmSync(tools, { recursive: true });
		});
		beforeEach(({ skip }) => skip(missing !== undefined, missing));

		const other = () =>
			started(
				language === "Go"
					? start(program, [file.replace(/\.lockfile$/, ""), "hold"])
					: startPython("python-lock/lock.py", file),
			);

		test("we do not get what it has, and get it when it is given back", async () => {
			const holder = other();
			assert.equal(await holder.next(), "held");
			assert.equal(await tryOnce(), undefined);
			const waiting = fileLock(file).acquire(PATIENCE_MS);
			holder.goOn();
			assert.equal(await holder.next(), "released");
			const lease = await waiting;
			assert.ok(existsSync(file));
			await lease?.release();
			assert.ok(!existsSync(file));
		});

		test("it does not get what we have, and gets it when we give it back", async () => {
			const lease = await tryOnce();
			const waiting = other();
			const next = waiting.next();
			// While it waits it neither removes our file nor takes it.
			assert.equal(await fileLock(file).acquire(400), undefined);
			assert.ok(readFileSync(file, "utf8").startsWith(`${process.pid} `));
			await lease?.release();
			assert.equal(await next, "held");
			assert.equal(await tryOnce(), undefined);
			waiting.goOn();
			assert.equal(await waiting.ended, null);
		});

		// One of Go's: two of them do not exclude each other, as each removes a file that the other has just locked. And
		// none of Python's, which waits for a quarter of a second each time.
		if (language === "Go")
			test("its changes and ours are all kept", async () => {
				const counter = path.join(directory, "counter");
				const cache = file.replace(/\.lockfile$/, "");
				const task = ["count", counter, "100"] as const;
				const programs = Array.from({ length: 4 }, () => run(...task));
				programs.push(started(start(program, [cache, ...task])));
				assert.equal(await counted(counter, programs), 500);
			});

		test("we get what it had when it died", async () => {
			const holder = other();
			await holder.next();
			const waiting = fileLock(file).acquire(PATIENCE_MS);
			holder.child.kill("SIGKILL");
			const lease = await waiting;
			assert.ok(lease);
			await lease.release();
		});

		test("it gets what we had when we died", async () => {
			const holder = await holding("hold");
			holder.child.kill("SIGKILL");
			await holder.ended;
			const next = other();
			assert.equal(await next.next(), "held");
			next.goOn();
			assert.equal(await next.ended, null);
		});
	},
);
