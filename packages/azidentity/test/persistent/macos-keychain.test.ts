import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
	chmodSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { AsyncEntry, Entry } from "@napi-rs/keyring";
import { build } from "esbuild";
import koffi from "koffi";
import { afterEach, beforeEach, describe, test } from "vitest";
import {
	keychainDocument,
	type OpenItem,
} from "../../src/stores/persistent/vaults/macos-keychain.ts";
import { needsKeyring } from "./needs-keyring.ts";

needsKeyring();

/**
 * The package's own items, kept by this system's kernel in place of macOS's keychain. Its `Entry` does on this
 * thread what its `AsyncEntry` does on others, which kernel keyrings of a session do not allow here.
 */
const openItem: OpenItem = async (service, account) => {
	const item = entry(service, account);
	return {
		getPassword: async () => item.getPassword(),
		getSecret: async () => item.getSecret(),
		setPassword: async (text) => item.setPassword(text),
		setSecret: async (bytes) => item.setSecret(bytes),
	};
};

function entry(service: string, account = "MSALCache"): Entry {
	return new Entry(service, account, { linux: { store: "keyutils" } });
}

let directory: string;
let service: string;
let marker: string;
beforeEach(() => {
	directory = mkdtempSync(path.join(tmpdir(), "azidentity-keychain-"));
	service = `azidentity-test-${randomUUID()}`;
	marker = path.join(directory, service);
});
afterEach(() => {
	rmSync(directory, { recursive: true, force: true });
	for (const account of ["MSALCache", "MSALCache.damaged"])
		entry(service, account).deleteCredential();
});

/** A handle as another process would have it. */
const open = () => keychainDocument(service, marker, openItem);

describe("a document in the keychain", () => {
	test("that was never written is undefined, and looking for it makes nothing", async () => {
		assert.equal(await open().read(), undefined);
		await open().check();
		assert.equal(entry(service).getPassword(), null);
		assert.throws(() => statSync(marker), { code: "ENOENT" });
	});

	test("is the bare text under the account that Go asks for", async () => {
		const text = '{"é😀":"\\u0000"}';
		await open().write(text);
		const bytes = Uint8Array.from(entry(service).getSecret() ?? []);
		assert.equal(Buffer.from(bytes).toString(), text);
		assert.equal(await open().read(), text);
	});

	test("has a marker that is empty and only the user's, whatever it was before", async () => {
		writeFileSync(marker, "", { mode: 0o666 });
		chmodSync(marker, 0o666);
		await open().write("one");
		assert.equal(statSync(marker).mode & 0o777, 0o600);
		assert.equal(readFileSync(marker, "utf8"), "");
	});

	test("leaves what another library keeps where the marker is", async () => {
		writeFileSync(marker, '{"AccessToken":{}}');
		const before = statSync(marker, { bigint: true }).mtimeNs;
		await open().write("one");
		assert.equal(readFileSync(marker, "utf8"), '{"AccessToken":{}}');
		assert.notEqual(statSync(marker, { bigint: true }).mtimeNs, before);
	});

	test("moves its marker's time with each write, even when the clock of the file system stands", async () => {
		const document = open();
		const times = new Set<bigint>();
		for (let count = 0; count < 50; count += 1) {
			await document.write(`${count}`);
			times.add(statSync(marker, { bigint: true }).mtimeNs);
		}
		assert.equal(times.size, 50);
	});

	test("is read anew when another process wrote it, and not asked for when nobody did", async () => {
		const [reader, writer] = [open(), open()];
		await writer.write("one");
		assert.equal(await reader.read(), "one");
		await writer.write("two");
		assert.equal(await reader.read(), "two");
		// Behind the marker's back, so that asking would show.
		entry(service).setPassword("three");
		assert.equal(await reader.read(), "two");
		utimesSync(marker, 1, 1);
		assert.equal(await reader.read(), "three");
	});

	test("without a marker is asked for each time", async () => {
		const reader = open();
		entry(service).setPassword("one");
		assert.equal(await reader.read(), "one");
		entry(service).setPassword("two");
		assert.equal(await reader.read(), "two");
	});

	test("that changed without its marker is not written over, and the next try reads it", async () => {
		const document = open();
		await document.write("ours");
		assert.equal(await document.read(), "ours");
		// A program that died between its write and the touch of the marker.
		entry(service).setPassword("theirs");
		assert.equal(await document.read(), "ours");
		await assert.rejects(document.write("ours, edited"), /read anew/);
		assert.equal(await document.read(), "theirs");
		await document.write("theirs, edited");
		assert.equal(entry(service).getPassword(), "theirs, edited");
	});

	test("that is no text is none, and is kept aside before it is written over", async () => {
		const bytes = Uint8Array.of(0x62, 0xff, 0xfe);
		entry(service).setSecret(bytes);
		const document = open();
		assert.equal(await document.read(), undefined);
		await document.write("{}");
		const aside = entry(service, "MSALCache.damaged").getSecret();
		assert.deepEqual(aside, [...bytes]);
		assert.equal(await open().read(), "{}");
	});

	test("is not written when its marker cannot be: nobody would notice", async () => {
		const elsewhere = path.join(directory, "elsewhere");
		writeFileSync(elsewhere, "");
		symlinkSync(elsewhere, marker);
		await assert.rejects(open().write("one"), { cannotOpen: true });
		assert.equal(entry(service).getPassword(), null);
	});
});

describe("a keychain that lets nobody in", () => {
	// The package, asked for a store of keys that nobody here can reach.
	const locked: OpenItem = async (service, account) => {
		const { DBUS_SESSION_BUS_ADDRESS: bus } = process.env;
		process.env.DBUS_SESSION_BUS_ADDRESS = "unix:path=/nonexistent/bus";
		try {
			const options = { linux: { store: "secret-service" } } as const;
			return new AsyncEntry(service, account, options);
		} finally {
			if (bus === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS;
			else process.env.DBUS_SESSION_BUS_ADDRESS = bus;
		}
	};
	const refusal = {
		name: "CredentialUnavailableError",
		cannotOpen: true,
		message: /^The token cache ".+" in the macOS keychain cannot be opened/,
	};

	test("fails reading, writing and checking with what to do, and never reads as empty", async () => {
		const document = keychainDocument(service, marker, locked);
		await assert.rejects(document.check(), refusal);
		await assert.rejects(document.read(), refusal);
		await assert.rejects(document.write("one"), refusal);
	});

	test("is the same when the item is there and may not be read", async () => {
		entry(service).setPassword("theirs");
		const serial = serialOf(service);
		keyctl(SET_PERMISSIONS, serial, VIEW_ONLY);
		try {
			await assert.rejects(open().read(), refusal);
			await assert.rejects(open().write("ours"), refusal);
		} finally {
			keyctl(SET_PERMISSIONS, serial, ALL);
		}
		assert.equal(entry(service).getPassword(), "theirs");
	});
});

/** What the kernel is asked here (linux/keyctl.h), and permissions: all, and those to see and to get back all. */
const KEYCTL = process.arch === "arm64" ? 219 : 250;
const SET_PERMISSIONS = 5;
const [ALL, VIEW_ONLY] = [0x3f_01_00_00, 0x21_21_00_00];
const syscall = koffi
	.load("libc.so.6")
	.func("long syscall(long number, long operation, long a, long b)");

function keyctl(operation: number, serial: number, value: number): void {
	assert.equal(syscall(KEYCTL, operation, serial, value), 0);
}

function serialOf(service: string): number {
	const keys = readFileSync("/proc/keys", "utf8").split("\n");
	const key = keys.find((line) => line.includes(service));
	return Number.parseInt(key ?? assert.fail("the kernel has the item"), 16);
}

test("by the package's own AsyncEntry, what one process writes the next one reads", async () => {
	const cache = path.resolve(
		import.meta.dirname,
		"../../../../node_modules/.cache/azidentity",
	);
	const module_ = path.join(cache, `keychain-${service}.mjs`);
	const source = "src/stores/persistent/vaults/macos-keychain.ts";
	await build({
		entryPoints: [path.join(import.meta.dirname, "../..", source)],
		outfile: module_,
		bundle: true,
		packages: "external",
		platform: "node",
		format: "esm",
	});
	const run = (...args: string[]) => {
		const program = "programs/keychain-document.cjs";
		const file = path.join(import.meta.dirname, program);
		return JSON.parse(
			execFileSync(process.execPath, [file, ...args], { encoding: "utf8" }),
		);
	};
	try {
		assert.deepEqual(run(module_, service, marker), {});
		run(module_, service, marker, '{"one":1}');
		assert.deepEqual(run(module_, service, marker), { text: '{"one":1}' });
		run(module_, service, marker, '{"two":2}');
		assert.deepEqual(run(module_, service, marker), { text: '{"two":2}' });
	} finally {
		assert.deepEqual(run("forget", service), { was: true });
		rmSync(module_);
	}
});
