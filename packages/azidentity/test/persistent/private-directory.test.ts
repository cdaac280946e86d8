import assert from "node:assert/strict";
import {
	chmodSync,
	chownSync,
	lchownSync,
	mkdirSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, test } from "vitest";
import {
	ensureDirectory,
	fileDocument,
} from "../../src/stores/persistent/document-files.ts";
import { fileLock } from "../../src/stores/persistent/file-lock.ts";
import { plainVault } from "../../src/stores/persistent/vaults/plain-file.ts";
import { scratchDirectory } from "./lock-programs.ts";
import { cannotOpen, needsRoot, SOMEBODY } from "./refusals.ts";

let directory: string;
let umask: number;
beforeEach(() => {
	umask = process.umask();
	directory = scratchDirectory();
});
afterEach(() => {
	process.umask(umask);
	rmSync(directory, { recursive: true, force: true });
});

const modeOf = (name: string) => statSync(name).mode & 0o777;

describe("the directory of a cache", () => {
	test.each(["000", "077", "777"])(
		"is made for this user alone under umask %s, with those above it",
		async (mask) => {
			process.umask(mask); // a text is read as octal
			await ensureDirectory(path.join(directory, "one", "two"));
			process.umask(umask);
			for (const made of ["one", "one/two"])
				assert.equal(modeOf(path.join(directory, made)), 0o700);
		},
	);

	test.each(["755", "777", "770"])(
		"is closed to others when it is this user's and has the mode %s",
		async (mode) => {
			chmodSync(directory, mode);
			await ensureDirectory(directory);
			assert.equal(modeOf(directory), 0o700);
		},
	);

	test("that is another user's is an error that says whose, and stays as it is", async (context) => {
		needsRoot(context);
		chmodSync(directory, 0o755);
		chownSync(directory, SOMEBODY, SOMEBODY);
		await assert.rejects(
			ensureDirectory(directory),
			cannotOpen(
				`${directory}: the directory belongs to another user (${SOMEBODY}`,
			),
		);
		assert.equal(modeOf(directory), 0o755);
	});

	test("may be elsewhere by a link of this user's", async () => {
		const real = path.join(directory, "real");
		const link = path.join(directory, "link");
		mkdirSync(real, 0o755);
		symlinkSync(real, link);
		await ensureDirectory(link);
		assert.equal(modeOf(real), 0o700);
	});

	test("is not where the link of another user leads", async (context) => {
		needsRoot(context);
		const link = path.join(directory, "link");
		const real = path.join(directory, "real");
		mkdirSync(real);
		chmodSync(real, 0o755);
		symlinkSync(real, link);
		lchownSync(link, SOMEBODY, SOMEBODY);
		await assert.rejects(
			ensureDirectory(link),
			cannotOpen(`it is a symbolic link of another user (${SOMEBODY})`),
		);
		assert.equal(modeOf(real), 0o755);
	});

	test.each(["a link to nothing", "a file"])(
		"that is %s, or in one, is an error that names it",
		async (what) => {
			const name = path.join(directory, "there");
			if (what === "a file") writeFileSync(name, "");
			else symlinkSync(path.join(directory, "nothing"), name);
			for (const each of [name, path.join(name, "below")])
				await assert.rejects(ensureDirectory(each), cannotOpen(each));
		},
	);

	test("that may not be written is an error that says so, for the document and for its lock", async (context) => {
		needsRoot(context);
		const file = path.join(directory, "msal.cache");
		writeFileSync(file, "{}");
		for (const name of [file, directory]) chownSync(name, SOMEBODY, SOMEBODY);
		process.seteuid?.(SOMEBODY);
		try {
			chmodSync(directory, 0o500);
			await ensureDirectory(directory);
			const document = fileDocument(file, plainVault());
			assert.equal(await document.read(), "{}");
			const reason = cannotOpen("this user may not use it");
			await assert.rejects(document.write('{"a":1}'), reason);
			await assert.rejects(fileLock(`${file}.lockfile`).acquire(0), reason);
			assert.equal(await document.read(), "{}");
			chmodSync(directory, 0o000);
			await assert.rejects(document.read(), reason);
		} finally {
			process.seteuid?.(0);
		}
	});
});
