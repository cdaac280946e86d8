import assert from "node:assert/strict";
import fs, {
	chownSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	unlinkSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { afterEach, beforeEach, describe, test } from "vitest";
import type { Lease } from "../../src/cache/token-store.ts";
import { fileLock } from "../../src/stores/persistent/file-lock.ts";
import { deadProcess, scratchDirectory } from "./lock-programs.ts";

let directory: string;
let file: string;
let umask: number;
beforeEach(() => {
	umask = process.umask();
	directory = scratchDirectory();
	file = path.join(directory, "msal.cache.lockfile");
});
afterEach(() => {
	process.umask(umask);
	rmSync(directory, { recursive: true, force: true });
});

/** Far longer than any test waits, so that a lock which is never given shows as a test that does not end. */
const PATIENCE_MS = 60_000;

async function taken(patience = 0): Promise<Lease> {
	const lease = await fileLock(file).acquire(patience);
	return lease ?? assert.fail("the lock is not given");
}

async function isTaken(): Promise<boolean> {
	const lease = await fileLock(file).acquire(0);
	await lease?.release();
	return lease === undefined;
}

describe("within one process", () => {
	test("the lock is one's alone until it is given back, and its file says whose it is", async () => {
		const lease = await taken();
		assert.equal(readFileSync(file, "utf8"), `${process.pid} azidentity`);
		assert.ok(await isTaken());
		assert.equal(await fileLock(file).acquire(3), undefined);
		await lease.release();
		assert.deepEqual(readdirSync(directory), []);
		assert.ok(!(await isTaken()));
	});

	test("those who wait get it in the order they came, and who lost patience is passed over", async () => {
		const first = await taken();
		const order: number[] = [];
		const waiting = [1, 2, 3, 4, 5].map(async (number) => {
			const lease = await fileLock(file).acquire(
				number === 3 ? 1 : PATIENCE_MS,
			);
			if (lease === undefined) return;
			order.push(number);
			await lease.release();
		});
		await waiting[2];
		await first.release();
		await Promise.all(waiting);
		assert.deepEqual(order, [1, 2, 4, 5]);
	});

	test("locks of different files do not wait for each other", async () => {
		const lease = await taken();
		const other = await fileLock(`${file}.other.lockfile`).acquire(0);
		assert.ok(other);
		await Promise.all([lease.release(), other.release()]);
	});

	test("giving back twice does not take it from the next one", async () => {
		const first = await taken();
		await first.release();
		const second = await taken();
		await first.release();
		assert.ok(existsSync(file));
		assert.ok(await isTaken());
		await second.release();
	});

	test("giving back does not remove a file that somebody else has made since", async () => {
		const lease = await taken();
		unlinkSync(file);
		writeFileSync(file, `${process.pid} somebody else`);
		await lease.release();
		assert.equal(readFileSync(file, "utf8"), `${process.pid} somebody else`);
	});

	test("a try that failed does not stop the next one", async () => {
		mkdirSync(file);
		await assert.rejects(fileLock(file).acquire(0));
		rmSync(file, { recursive: true });
		await (await taken()).release();
	});
});

describe("a file that was left behind", () => {
	test.each([
		["Python", (pid: number) => `${pid} /usr/bin/program`],
		["Go", (pid: number) => `{${pid}} {/usr/bin/program}`],
		["JavaScript", (pid: number) => `${pid}`],
		["us", (pid: number) => `${pid} azidentity`],
		["who knows whom", () => "a lock"],
	])("by a process of %s that is dead blocks nobody", async (_, content) => {
		writeFileSync(file, content(deadProcess()));
		const lease = await taken();
		assert.equal(readFileSync(file, "utf8"), `${process.pid} azidentity`);
		await lease.release();
		assert.ok(!existsSync(file));
	});

	test("of ours blocks nobody although its number is another process's now", async () => {
		writeFileSync(file, `${process.ppid} azidentity`);
		await (await taken()).release();
	});

	test("before anything was written into it blocks nobody once that must have happened", async () => {
		writeFileSync(file, "");
		assert.ok(await isTaken(), "its maker may be about to lock it");
		const minuteAgo = statSync(file).mtimeMs / 1_000 - 60;
		utimesSync(file, minuteAgo, minuteAgo);
		assert.ok(!(await isTaken()));
	});

	test("and is removed by another one just as it is opened is not the lock", async () => {
		writeFileSync(file, `${deadProcess()} azidentity`);
		const { openSync } = fs;
		let removed = 0;
		// Between opening a file and locking it there is a moment; this is what may happen in it.
		fs.openSync = (name, ...rest) => {
			const fd = openSync(name, ...rest);
			if (name === file && removed++ === 0) unlinkSync(file);
			return fd;
		};
		syncBuiltinESMExports();
		try {
			const lease = await taken();
			assert.ok(removed > 1);
			assert.equal(readFileSync(file, "utf8"), `${process.pid} azidentity`);
			await lease.release();
		} finally {
			fs.openSync = openSync;
			syncBuiltinESMExports();
		}
	});

	test("leaves nothing else behind in the directory", async () => {
		writeFileSync(file, "");
		await isTaken();
		assert.deepEqual(readdirSync(directory), [path.basename(file)]);
	});
});

describe("a file that nobody has locked", () => {
	test("is JavaScript's lock while its process lives", async () => {
		writeFileSync(file, `${process.ppid}`);
		assert.ok(await isTaken());
		const waiting = fileLock(file).acquire(PATIENCE_MS);
		unlinkSync(file);
		await (await waiting)?.release();
	});

	test("is no lock of JavaScript's when it is older than any of those gets", async () => {
		writeFileSync(file, `${process.ppid}`);
		const before = statSync(file).mtimeMs / 1_000 - 6;
		utimesSync(file, before, before);
		assert.ok(!(await isTaken()));
	});

	test.each([
		["Python", (pid: number) => `${pid} /usr/bin/program`],
		["Go", (pid: number) => `{${pid}} {/usr/bin/program}`],
	])(
		"is about to be removed by its process of %s, and taken over when it is not",
		async (_, content) => {
			writeFileSync(file, content(process.ppid));
			assert.ok(await isTaken());
			await (await taken(PATIENCE_MS)).release();
		},
	);
});

describe("the lock file", () => {
	test.each(["000", "077", "777"])(
		"is this user's alone under umask %s, and so is a directory made for it",
		async (mask) => {
			file = path.join(directory, "one", "two", "msal.cache.lockfile");
			process.umask(mask); // a text is read as octal
			const lease = await taken();
			process.umask(umask);
			assert.equal(statSync(file).mode & 0o777, 0o600);
			for (const made of ["one", "one/two"])
				assert.equal(statSync(path.join(directory, made)).mode & 0o777, 0o700);
			await lease.release();
		},
	);

	test("is never reached through a symbolic link", async () => {
		const target = path.join(directory, "target");
		writeFileSync(target, "precious");
		symlinkSync(target, file);
		await assert.rejects(
			fileLock(file).acquire(PATIENCE_MS),
			(error: Error) => {
				assert.equal(error.name, "CredentialUnavailableError");
				assert.equal("cannotOpen" in error && error.cannotOpen, true);
				assert.ok(error.message.includes(`${file}: it is a symbolic link`));
				return true;
			},
		);
		assert.equal(readFileSync(target, "utf8"), "precious");
		assert.ok(existsSync(file));
	});

	test("that cannot be one is an error that names it, at once", async () => {
		mkdirSync(file);
		await assert.rejects(fileLock(file).acquire(PATIENCE_MS), {
			name: "CredentialUnavailableError",
			cannotOpen: true,
			message: `The token cache cannot use ${file}: it is a directory: remove it, or choose another directory for the cache.`,
		});
	});

	test("of another user is an error that names it, and stays", async ({
		skip,
	}) => {
		skip(process.getuid?.() !== 0, "only root can give files away");
		writeFileSync(file, "1 azidentity");
		chownSync(file, 12345, 12345);
		await assert.rejects(fileLock(file).acquire(PATIENCE_MS), {
			name: "CredentialUnavailableError",
			cannotOpen: true,
			message: `The token cache cannot be locked, because ${file} belongs to another user (12345): remove it, or choose another directory for the cache.`,
		});
		assert.ok(existsSync(file));
	});
});
