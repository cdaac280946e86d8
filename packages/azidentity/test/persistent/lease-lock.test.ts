import assert from "node:assert/strict";
import {
	mkdirSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
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
import { leaseLock } from "../../src/stores/persistent/lease-lock.ts";
import {
	bundled,
	type Program,
	scratchDirectory,
	startNode,
} from "./lock-programs.ts";
import { cannotOpen } from "./refusals.ts";

let module_: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
	module_ = await bundled({ leaseLock: "stores/persistent/lease-lock.ts" });
});
afterAll(() => module_.remove());

let directory: string;
let file: string;
let running: Program[];
beforeEach(() => {
	directory = scratchDirectory();
	file = path.join(directory, "msal.cache.leases");
	running = [];
});
afterEach(() => {
	for (const { child } of running) child.kill("SIGKILL");
	rmSync(directory, { recursive: true, force: true });
});

const acquire = (task: string, patience = 0) =>
	leaseLock(file, task).acquire(patience);

async function holding(task: string, how = "hold"): Promise<Program> {
	const program = startNode("lease.js", module_.file, file, task, how);
	running.push(program);
	assert.equal(await program.next(), how === "hold" ? "held" : "child");
	return program;
}

describe("the lease of a task", () => {
	test("is one process's alone until it is given back; other tasks' are free", async () => {
		const other = await holding("a task");
		assert.equal(await acquire("a task"), undefined);
		const lease = await acquire("another task");
		assert.ok(lease);
		other.goOn();
		await other.ended;
		const next = await acquire("a task");
		assert.ok(next);
		await Promise.all([lease.release(), next.release()]);
	});

	test("is waited for", async () => {
		const other = await holding("a task");
		const waiting = acquire("a task", 60_000);
		other.goOn();
		const lease = await waiting;
		assert.ok(lease);
		await lease.release();
	});

	test("ends with its process, however that ends", async () => {
		const other = await holding("a task");
		assert.equal(await acquire("a task"), undefined);
		other.child.kill("SIGKILL");
		await other.ended;
		const lease = await acquire("a task");
		assert.ok(lease);
		await lease.release();
	});

	test("does not go on in a child that was started meanwhile", async () => {
		const other = await holding("a task", "hold-with-child");
		assert.equal(await other.next(), "held");
		other.child.kill("SIGKILL");
		const lease = await acquire("a task", 60_000);
		assert.ok(lease);
		await lease.release();
	});

	test("costs no file: there is one for all, empty, for the user alone whatever the umask, and it stays", async () => {
		const umask = process.umask(0);
		try {
			for (let task = 0; task < 20; task += 1)
				await (await acquire(`task ${task}`))?.release();
		} finally {
			process.umask(umask);
		}
		const { ino, mode, size } = statSync(file);
		assert.deepEqual([mode & 0o777, size], [0o600, 0]);
		for (let task = 0; task < 20; task += 1)
			await (await acquire(`task ${task}`))?.release();
		assert.equal(statSync(file).ino, ino);
		assert.deepEqual(readdirSync(directory), ["msal.cache.leases"]);
	});

	test("is given also when the directory was removed", async () => {
		rmSync(directory, { recursive: true });
		await (await acquire("a task"))?.release();
		assert.equal(statSync(directory).mode & 0o777, 0o700);
	});

	test.each([
		["a directory", () => mkdirSync(file)],
		[
			"a symbolic link",
			() => {
				writeFileSync(`${file}.elsewhere`, "");
				symlinkSync(`${file}.elsewhere`, file);
			},
		],
	])("is refused where the file is %s, and then given", async (_, make) => {
		make();
		await assert.rejects(acquire("a task"), cannotOpen(file));
		rmSync(file, { recursive: true });
		await (await acquire("a task"))?.release();
	});
});
