import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
	tryLockByte,
	tryLockFile,
	unlockByte,
	unlockFile,
} from "../src/stores/persistent/native/lock-file-ex.ts";
import { type AnsweringProgram, startProgram } from "./answering-program.ts";

let folder: string;
let file: string;
let started: AnsweringProgram[];

beforeEach(() => {
	folder = fs.mkdtempSync(path.resolve("locks-"));
	file = path.join(folder, "cache.lockfile");
	started = [];
});
afterEach(async () => {
	for (const program of started) await program.kill();
});

test("what one process has locked is refused to another, and free when it is given back", async () => {
	const [one, other] = [lockUser(), lockUser()];
	assert.equal(await one.ask("lock"), true);
	assert.equal(await other.ask("lock"), false);
	assert.equal(await one.ask("unlock"), true);
	assert.equal(await other.ask("lock"), true);
	assert.equal(await one.ask("lock"), false);
});

test("a lock ends with its descriptor", async () => {
	const [one, other] = [lockUser(), lockUser()];
	assert.equal(await one.ask("lock"), true);
	await one.ask("close");
	assert.equal(await other.ask("lock"), true);
});

test("a lock ends with its process, however that ends", async () => {
	const [one, other] = [lockUser(), lockUser()];
	assert.equal(await one.ask("lock"), true);
	assert.equal(await other.ask("lock"), false);
	await one.kill();
	assert.equal(await other.ask("lock"), true);
});

test("locks of different files do not know each other", async () => {
	const [one, other] = [lockUser(), lockUser()];
	assert.equal(await one.ask("lock"), true);
	assert.equal(await other.ask("lock", path.join(folder, "another")), true);
});

test("two descriptors of one process exclude each other, and closing one leaves the other's lock", async () => {
	const [one, other, third] = [open(), open(), open()];
	try {
		assert.equal(await tryLockFile(one), true);
		assert.equal(await tryLockFile(other), false);
		fs.closeSync(third);
		assert.equal(await tryLockFile(other), false);
		await unlockFile(one);
		assert.equal(await tryLockFile(other), true);
	} finally {
		for (const fd of [one, other]) fs.closeSync(fd);
	}
});

test("locks of different bytes of one file do not know each other, and need no bytes to be there", async () => {
	const [one, other] = [open(), open()];
	try {
		const far = 2 ** 47;
		assert.equal(await tryLockByte(one, far), true);
		assert.equal(await tryLockByte(other, far), false);
		assert.equal(await tryLockByte(other, far + 1), true);
		assert.equal(await tryLockByte(other, 1), true);
		await unlockByte(one, far);
		assert.equal(await tryLockByte(other, far), true);
		assert.equal(fs.statSync(file).size, 0);
	} finally {
		for (const fd of [one, other]) fs.closeSync(fd);
	}
});

test("giving back what is not locked is harmless", async () => {
	const fd = open();
	await unlockFile(fd);
	assert.equal(await tryLockFile(fd), true);
	await unlockFile(fd);
	await unlockFile(fd);
	fs.closeSync(fd);
});

test("a descriptor that is not open is an error with Windows' number, not a lock", async () => {
	const fd = open();
	fs.closeSync(fd);
	await assert.rejects(tryLockFile(fd), { win32Error: 6 });
	await assert.rejects(unlockFile(fd), { win32Error: 6 });
});

test("who has the lock may write the file, delete it, and lock a new one of its name", async () => {
	const fd = open();
	assert.equal(await tryLockFile(fd), true);
	fs.writeSync(fd, `${process.pid} azidentity`);
	fs.unlinkSync(file);
	await unlockFile(fd);
	fs.closeSync(fd);
	const next = open();
	assert.equal(await tryLockFile(next), true);
	fs.closeSync(next);
});

test("six processes that count under the lock lose no count", async () => {
	fs.writeFileSync(`${file}.count`, "0");
	const users = Array.from({ length: 6 }, () => lockUser());
	await Promise.all(users.map((user) => user.ask("add", file, 40)));
	assert.equal(fs.readFileSync(`${file}.count`, "utf8"), "240");
});

function open(): number {
	return fs.openSync(file, "a+");
}

/** Another process that locks as it is told. */
function lockUser() {
	const program = startProgram(process.execPath, [
		fileURLToPath(new URL("lock-user.js", import.meta.url)),
	]);
	started.push(program);
	return {
		kill: program.kill,
		ask: (what: string, of = file, times = 1) =>
			program.ask({ do: what, file: of, times }),
	};
}
