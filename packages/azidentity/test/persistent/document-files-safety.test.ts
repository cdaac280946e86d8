import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
	chmodSync,
	chownSync,
	mkdirSync,
	readdirSync,
	readFileSync,
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
import type { Text } from "../../src/foundation/text-pieces.ts";
import { fileDocument } from "../../src/stores/persistent/document-files.ts";
import { plainVault } from "../../src/stores/persistent/vaults/plain-file.ts";
import {
	bundled,
	deadProcess,
	scratchDirectory,
	startNode,
} from "./lock-programs.ts";
import { cannotOpen, needsRoot, SOMEBODY } from "./refusals.ts";

let directory: string;
let file: string;
let umask: number;
beforeEach(() => {
	umask = process.umask();
	directory = scratchDirectory();
	file = path.join(directory, "msal.cache");
});
afterEach(() => {
	process.umask(umask);
	rmSync(directory, { recursive: true, force: true });
});

const open = () => fileDocument(file, plainVault());
const modeOf = (name: string) => statSync(name).mode & 0o777;

async function isRefused(reason: string): Promise<void> {
	await assert.rejects(open().read(), cannotOpen(reason));
	await assert.rejects(open().write("{}"), cannotOpen(reason));
}

describe("the file", () => {
	test.each(["000", "077", "777"])(
		"is this user's alone under umask %s",
		async (mask) => {
			process.umask(mask);
			await open().write("{}");
			process.umask(umask);
			assert.equal(modeOf(file), 0o600);
		},
	);

	test("that others may read is closed to them when it is read", async () => {
		writeFileSync(file, "{}");
		chmodSync(file, 0o666);
		assert.equal(await open().read(), "{}");
		assert.equal(modeOf(file), 0o600);
	});

	test("is never reached through a symbolic link", async () => {
		const target = path.join(directory, "target");
		writeFileSync(target, '{"precious":1}');
		symlinkSync(target, file);
		await isRefused(`${file}: that is a symbolic link`);
		assert.equal(readFileSync(target, "utf8"), '{"precious":1}');
		assert.deepEqual(readdirSync(directory), ["msal.cache", "target"]);
	});

	test("is not kept aside through a symbolic link either", async () => {
		const target = path.join(directory, "target");
		writeFileSync(target, "precious");
		symlinkSync(target, `${file}.unreadable`);
		writeFileSync(file, "garbage");
		await open().write("{}");
		assert.equal(readFileSync(target, "utf8"), "precious");
		assert.equal(await open().read(), "{}");
	});

	test("that is a directory, or a pipe that nobody writes, is an error at once", async () => {
		mkdirSync(file);
		await isRefused(`${file}: that is a directory`);
		rmSync(file, { recursive: true });
		execFileSync("mkfifo", [file]);
		await isRefused(`${file}: that is a pipe`);
	});

	test("of another user is an error that says whose it is, and stays", async (context) => {
		needsRoot(context);
		writeFileSync(file, "{}");
		chownSync(file, SOMEBODY, SOMEBODY);
		await isRefused(`${file}: the file belongs to another user (${SOMEBODY}`);
		assert.deepEqual(readdirSync(directory), ["msal.cache"]);
	});
});

describe("beside other processes", () => {
	let module_: Awaited<ReturnType<typeof bundled>>;
	beforeAll(async () => {
		module_ = await bundled({
			fileDocument: "stores/persistent/document-files.ts",
		});
	});
	afterAll(() => module_.remove());

	const writer = async (way: string) => {
		const program = startNode("document.js", module_.file, file, way);
		assert.equal(await program.next(), "writing");
		return program;
	};
	const isWhole = (text: Text | undefined) =>
		typeof text === "string" &&
		text.startsWith('{"version":') === true &&
		text.endsWith('x"}');

	test("who truncates the file and writes it anew does not make it look damaged", async () => {
		const program = await writer("truncate");
		let missed = 0;
		const versions = new Set<Text | undefined>();
		for (let times = 0; times < 300; times += 1) {
			const text = await open().read();
			versions.add(text);
			if (!isWhole(text)) missed += 1;
		}
		program.child.kill("SIGKILL");
		await program.ended;
		assert.ok(versions.size > 20, `${versions.size} versions`);
		// Half of those who look once find half a file. Who looks for longer misses it only while the writer is left
		// without a processor in the middle.
		assert.ok(missed <= 30, `${missed} of 300`);
	});

	test("a writer that is killed at any moment leaves the document whole, and the next write tidies up", async () => {
		let leftovers = 0;
		for (let round = 0; round < 12; round += 1) {
			const program = await writer("replace");
			for (let times = 0; times < 3 * round; times += 1)
				assert.ok(isWhole(await open().read()));
			program.child.kill("SIGKILL");
			await program.ended;
			assert.ok(isWhole(await open().read()));
			leftovers += readdirSync(directory).length - 1;
			await open().write('{"version":0,"text":"x"}');
			assert.deepEqual(readdirSync(directory), ["msal.cache"]);
		}
		assert.ok(leftovers > 0, "no kill hit a writer in the middle");
	});

	test("what others are writing stays, and so does every other file", async () => {
		const temporary = (pid: number) => `${file}.${pid}.0123456789abcdef.tmp`;
		const dead = deadProcess();
		const living = temporary(process.ppid);
		const others = [
			living,
			`${file}.bak`,
			`${file}.${dead}.tmp`,
			`${file}.cae`,
		];
		// An earlier process may have had our number.
		for (const name of [temporary(dead), temporary(process.pid), ...others])
			writeFileSync(name, "x");
		await open().write("{}");
		const left = readdirSync(directory).map((name) =>
			path.join(directory, name),
		);
		assert.deepEqual(left.sort(), [file, ...others].sort());
	});
});
