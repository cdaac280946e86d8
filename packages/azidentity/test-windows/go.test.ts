// Microsoft's libraries for Go, built for Windows (go/main.go), beside us on the same files.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fileLock } from "../src/stores/persistent/file-lock.ts";
import {
	tryLockFile,
	unlockFile,
} from "../src/stores/persistent/native/lock-file-ex.ts";
import { windowsDpapiVault } from "../src/stores/persistent/vaults/windows-dpapi.ts";
import { type AnsweringProgram, startProgram } from "./answering-program.ts";

const program = fileURLToPath(new URL("go-cache.exe", import.meta.url));
const skip = fs.existsSync(program)
	? false
	: "there is no go here; install it from https://go.dev/dl";

const DOCUMENT = '{"AccessToken":{"é😀":"0.AXEAq83v"},"X_Future":[1,"two"]}';

describe("beside the Go library", { skip }, () => {
	let folder: string;
	let file: string;
	let go: AnsweringProgram;

	beforeEach(() => {
		folder = fs.mkdtempSync(path.resolve("go-"));
		file = path.join(folder, "msal.cache.cae");
		go = startProgram(program);
	});
	afterEach(async () => {
		await go.kill();
	});
	const ask = (what: string, text = "", patience = 0) =>
		go.ask({ do: what, file, text, patience }) as Promise<{
			text: string;
			error?: string;
		}>;

	test("what Go stores we open, and what we seal Go reads", async () => {
		const vault = windowsDpapiVault();
		assert.deepEqual(await ask("write", DOCUMENT), { text: "" });
		const stored = fs.readFileSync(file);
		assert.ok(!stored.includes("0.AXEAq83v"));
		assert.equal(await vault.open(stored), DOCUMENT);
		const answer = DOCUMENT.replace("two", "three");
		fs.writeFileSync(file, await vault.seal(answer));
		assert.deepEqual(await ask("read"), { text: answer });
	});

	test("while Go has the lock we do not get it, and we get it when Go is done", async () => {
		const lock = fileLock(`${file}.lockfile`);
		await ask("hold", DOCUMENT);
		const fd = fs.openSync(`${file}.lockfile`, "r+");
		assert.equal(await tryLockFile(fd), false);
		assert.equal(await lock.acquire(0), undefined);
		const waiting = lock.acquire(20_000);
		assert.deepEqual(await ask("release"), { text: "" });
		fs.closeSync(fd);
		const lease = await waiting;
		assert.ok(lease);
		await lease.release();
	});

	test("while we have the lock Go does not get it, and Go gets it when we are done", async () => {
		const lease = await fileLock(`${file}.lockfile`).acquire(0);
		assert.ok(lease);
		const { error } = await ask("write", DOCUMENT, 500);
		assert.match(String(error), /deadline exceeded/);
		await lease.release();
		assert.deepEqual(await ask("write", DOCUMENT), { text: "" });
	});

	test("the same byte is locked: Go waits for our LockFileEx alone", async () => {
		const fd = fs.openSync(`${file}.lockfile`, "a+");
		assert.equal(await tryLockFile(fd), true);
		assert.match(
			String((await ask("write", DOCUMENT, 500)).error),
			/deadline exceeded/,
		);
		await unlockFile(fd);
		fs.closeSync(fd);
		assert.deepEqual(await ask("write", DOCUMENT), { text: "" });
	});

	test("when Go dies with the lock, it is free", async () => {
		await ask("hold", DOCUMENT);
		await go.kill();
		const lease = await fileLock(`${file}.lockfile`).acquire(20_000);
		assert.ok(lease);
		await lease.release();
	});
});
