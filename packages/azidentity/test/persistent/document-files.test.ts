import assert from "node:assert/strict";
import {
	appendFileSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { afterEach, beforeEach, describe, test, vi } from "vitest";
import { flushLog } from "../../src/foundation/log.ts";
import { fileDocument } from "../../src/stores/persistent/document-files.ts";
import type { Vault } from "../../src/stores/persistent/vault.ts";
import { scratchDirectory } from "./lock-programs.ts";
import { openVault } from "./open-vault.ts";

let directory: string;
let file: string;
let lines: string[];
let writeLog: typeof AzureLogger.log;
beforeEach(() => {
	directory = scratchDirectory();
	file = path.join(directory, "msal.cache");
	lines = [];
	writeLog = AzureLogger.log;
	AzureLogger.log = (...args) => lines.push(args.join(" "));
	setLogLevel("warning");
});
afterEach(() => {
	AzureLogger.log = writeLog;
	setLogLevel(undefined);
	vi.useRealTimers();
	rmSync(directory, { recursive: true, force: true });
});

/** A handle as another process would have it. */
const open = () => fileDocument(file, openVault());

async function warnings(): Promise<string[]> {
	await flushLog();
	return lines;
}

describe("a document in a file", () => {
	test("is none before it is written, and then reads as it was written, everywhere", async () => {
		const document = open();
		assert.equal(await document.read(), undefined);
		for (const text of [
			'{"é😀":"\\u0000"}',
			"{}",
			`{"a":"${"x".repeat(2e6)}"}`,
		]) {
			await document.write(text);
			assert.ok((await document.read()) === text);
			assert.ok((await open().read()) === text);
		}
		assert.deepEqual(readdirSync(directory), ["msal.cache"]);
		assert.deepEqual(await warnings(), []);
	});

	test("that is empty, or was removed, is none, without a word", async () => {
		const document = open();
		await document.write("{}");
		writeFileSync(file, "");
		assert.equal(await document.read(), undefined);
		unlinkSync(file);
		assert.equal(await document.read(), undefined);
		assert.deepEqual(await warnings(), []);
	});

	test("is written also when its directory was removed", async () => {
		file = path.join(directory, "one", "msal.cache");
		await open().write("{}");
		assert.equal(await open().read(), "{}");
		assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
	});

	test("is a new file each time, so that whoever has the old one open reads it to its end", async () => {
		await open().write("{}");
		const before = statSync(file, { bigint: true });
		await open().write("{}");
		const after = statSync(file, { bigint: true });
		assert.notEqual(after.ino, before.ino);
		assert.notEqual(after.mtimeNs, before.mtimeNs); // Go reads again when the time is another
	});
});

describe("a file that cannot be opened", () => {
	test.each([
		["by the vault", "garbage"],
		["as JSON", "sealed:{"],
		["as an object", "sealed:[1]"],
		["as text", "sealed:\xff"],
	])(
		"%s counts as none, with one warning, and no reader touches it",
		async (_, content) => {
			writeFileSync(file, content, "latin1");
			const document = open();
			assert.equal(await document.read(), undefined);
			assert.equal(await document.read(), undefined);
			assert.equal(readFileSync(file, "latin1"), content);
			assert.deepEqual(readdirSync(directory), ["msal.cache"]);
			assert.deepEqual(await warnings(), [
				`azure:identity:warning the token cache ${file} cannot be opened (it is damaged or too large, or its key is gone) and counts as empty; the next write keeps it aside as ${file}.unreadable, unless something is kept there already`,
			]);
		},
	);

	test("is kept aside by the next write, for this user alone, and only the first one is", async () => {
		writeFileSync(file, "garbage", { mode: 0o644 });
		const document = open();
		await document.read();
		await document.write('{"a":1}');
		assert.equal(readFileSync(`${file}.unreadable`, "utf8"), "garbage");
		assert.equal(statSync(`${file}.unreadable`).mode & 0o777, 0o600);
		assert.equal(await open().read(), '{"a":1}');

		writeFileSync(file, "other garbage");
		await open().write('{"a":2}');
		assert.equal(readFileSync(`${file}.unreadable`, "utf8"), "garbage");
		assert.equal(await open().read(), '{"a":2}');
		assert.equal((await warnings()).length, 2);
	});

	test("because there is far too much of it is not read", async () => {
		writeFileSync(file, "sealed:{}");
		truncateSync(file, 3 * 2 ** 30);
		const vault = openVault();
		assert.equal(await fileDocument(file, vault).read(), undefined);
		assert.equal(vault.opened, 0);
		await open().write("{}");
		assert.equal(statSync(`${file}.unreadable`).size, 3 * 2 ** 30);
		assert.equal(await open().read(), "{}");
	});

	test("and that was mended meanwhile is not kept aside, nor reported again", async () => {
		writeFileSync(file, "garbage");
		const document = open();
		await document.read();
		writeFileSync(file, 'sealed:{"mended":1}');
		assert.equal(await document.read(), '{"mended":1}');
		await document.write("{}");
		assert.deepEqual(readdirSync(directory), ["msal.cache"]);
		assert.equal((await warnings()).length, 1);
	});

	test("because a writer is halfway is read when the writer is done", async () => {
		writeFileSync(file, 'sealed:{"a"');
		const vault = openVault();
		const { open: openBytes } = vault;
		vault.open = (bytes) => {
			if (vault.opened === 0) appendFileSync(file, ":1}");
			return openBytes(bytes);
		};
		assert.equal(await fileDocument(file, vault).read(), '{"a":1}');
		assert.deepEqual(await warnings(), []);
	});

	test("because the vault has no place for keys is the vault's error", async () => {
		await open().write("{}");
		const failure = new Error("no keys here");
		const vault: Vault = {
			...openVault(),
			open: () => Promise.reject(failure),
			seal: () => Promise.reject(failure),
		};
		await assert.rejects(fileDocument(file, vault).read(), failure);
		await assert.rejects(fileDocument(file, vault).write("{}"), failure);
		assert.deepEqual(readdirSync(directory), ["msal.cache"]);
	});
});
