import assert from "node:assert/strict";
import { readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, test, vi } from "vitest";
import { fileDocument } from "../../src/stores/persistent/document-files.ts";
import { scratchDirectory } from "./lock-programs.ts";
import { openVault } from "./open-vault.ts";

let directory: string;
let file: string;
beforeEach(() => {
	directory = scratchDirectory();
	file = path.join(directory, "msal.cache");
});
afterEach(() => {
	vi.useRealTimers();
	rmSync(directory, { recursive: true, force: true });
});

/** A handle as another process would have it. */
const open = () => fileDocument(file, openVault());

describe("an unchanged file", () => {
	test("is not opened by the vault again, nor is what this process wrote", async () => {
		await open().write('{"a":1}');
		const vault = openVault();
		const document = fileDocument(file, vault);
		for (let times = 0; times < 10; times += 1)
			assert.equal(await document.read(), '{"a":1}');
		assert.equal(vault.opened, 1);
		await document.write('{"a":2}');
		assert.equal(await document.read(), '{"a":2}');
		assert.equal(vault.opened, 1);
	});

	test("is not even read again, once its file system's clock has ticked", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		const document = open();
		await document.write(`{"a":"${"x".repeat(2e6)}"}`);
		vi.advanceTimersByTime(2_000);
		await document.read();
		const before = bytesRead();
		for (let times = 0; times < 10; times += 1) await document.read();
		const read = bytesRead() - before;
		assert.ok(read < 1e6, `${read}`);
	});

	test("that this process has written is not read again, not even before the next edit", async () => {
		const document = open();
		const before = bytesRead();
		for (let times = 0; times < 10; times += 1) {
			await document.write(`{"a":"${"x".repeat(2e6)}${times}"}`);
			await document.read();
			await document.read("edit");
		}
		const read = bytesRead() - before;
		assert.ok(read < 1e6, `${read}`);
	});

	test("is another one as soon as somebody writes into it, were it the same size and tick", async () => {
		const document = open();
		for (let number = 10; number < 99; number += 1) {
			await document.write(`{"ours":${number}}`);
			writeFileSync(file, `sealed:{"them":${number}}`);
			assert.equal(await document.read("edit"), `{"them":${number}}`);
			assert.equal(await document.read(), `{"them":${number}}`);
		}
	});

	test("is not confused with one of the same size and time", async () => {
		const document = open();
		for (let number = 10; number < 99; number += 1) {
			writeFileSync(file, `sealed:{"a":${number}}`);
			utimesSync(file, 1_700_000_000, 1_700_000_000);
			assert.equal(await document.read(), `{"a":${number}}`);
		}
	});
});

/** How much this process has read from files so far, in bytes. */
function bytesRead(): number {
	const counts = readFileSync("/proc/self/io", "utf8");
	return Number(/^rchar: (\d+)/.exec(counts)?.[1] ?? assert.fail(counts));
}
