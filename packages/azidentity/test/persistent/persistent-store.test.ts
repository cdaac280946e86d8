import assert from "node:assert/strict";
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	readdirSync,
	renameSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { tokenStoreContract } from "@azidentity/testkit";
import { afterEach, beforeEach, describe, test } from "vitest";
import type { StoreFailure } from "../../src/cache/token-store.ts";
import { persistentTokenCache } from "../../src/credentials/cache-options.ts";
import { openPersistentStore } from "../../src/stores/persistent/persistent-store.ts";
import { needsKeyring } from "./needs-keyring.ts";
import { newCache } from "./programs.ts";

needsKeyring();

const NAME = { cae: false, owner: "an owner" };
/** A document that other libraries would take as one. */
const document = (text: string) => JSON.stringify({ AccessToken: {}, text });

tokenStoreContract("The persistent store", () => {
	const cache = newCache();
	const open = () =>
		openPersistentStore({ ...cache, unsafeAllowUnencryptedStorage: false });
	return { open, close: async () => cache.remove() };
});

describe("The cache on disk", () => {
	let cache: ReturnType<typeof newCache>;
	beforeEach(() => {
		cache = newCache();
	});
	afterEach(() => cache.remove());
	const open = () =>
		openPersistentStore({ ...cache, unsafeAllowUnencryptedStorage: false });
	const mode = (name: string) =>
		statSync(path.join(cache.directory, name)).mode & 0o777;

	test("is for its user alone, whatever the directory and the umask were", async () => {
		chmodSync(cache.directory, 0o755);
		const umask = process.umask(0);
		try {
			await open().update(NAME, () => document("one"));
		} finally {
			process.umask(umask);
		}
		assert.equal(mode("."), 0o700);
		for (const name of readdirSync(cache.directory))
			assert.equal(mode(name), 0o600, name);
	});

	test("leaves nothing behind but its two documents, and the empty file whose bytes are its leases", async () => {
		const store = open();
		await store.update(NAME, () => document("one"));
		await store.update({ ...NAME, cae: true }, () => document("two"));
		const lease = await store.lease?.("a task", 0);
		await lease?.release();
		assert.deepEqual(readdirSync(cache.directory).sort(), [
			cache.name,
			`${cache.name}.cae`,
			`${cache.name}.leases`,
		]);
		const leases = path.join(cache.directory, `${cache.name}.leases`);
		assert.equal(statSync(leases).size, 0);
	});

	test.each([
		["half a document", '{"AccessToken":{"a'],
		["random bytes", "\0\u0001\u0002nothing of ours"],
		["another version's file", '{"version":99}'],
		["an encrypted document of another key", `${"e30".repeat(3)}..a.b.c`],
	])(
		"that holds %s counts as empty, and what was there is kept aside",
		async (_, text) => {
			const file = path.join(cache.directory, cache.name);
			writeFileSync(file, text, { mode: 0o600 });
			const store = open();
			assert.equal(await store.read(NAME), undefined);
			await store.update(NAME, () => document("new"));
			assert.equal(await store.read(NAME), document("new"));
			assert.ok(
				readdirSync(cache.directory).includes(`${cache.name}.unreadable`),
			);
		},
	);

	test.each([
		["a directory", (file: string) => mkdirSync(file)],
		["a symlink", (file: string) => symlinkSync("/etc/hostname", file)],
	])("whose file is %s cannot be opened, and says so", async (_, make) => {
		make(path.join(cache.directory, cache.name));
		await assert.rejects(open().read(NAME), (error: Error & StoreFailure) => {
			assert.equal(error.cannotOpen, true);
			assert.match(error.message, new RegExp(cache.name));
			return true;
		});
	});
});

test("A document of the cache on disk is parsed once, however many caches are made for it, and not at all after a write", async () => {
	const cache = newCache();
	try {
		const owner = { clientId: "app", environment: "e", tenantId: "t" };
		const get = (scope: string, isThere: boolean) =>
			persistentTokenCache(cache)
				.partition(owner, false)
				.get(
					{ scopes: scope, written: scope, normalise: () => [scope] },
					async () => {
						assert.ok(!isThere, `a request for ${scope}`);
						const expiresOnTimestamp = Date.now() + 3_600_000;
						const token = { token: "x".repeat(10_000), expiresOnTimestamp };
						return { token, scope };
					},
				);
		await get("one", false);
		const file = path.join(cache.directory, cache.name);
		const parsed = await documentsParsed(async () => {
			await get("two", false);
			for (let times = 0; times < 5; times += 1) await get("one", true);
		});
		assert.equal(parsed, 0);
		// Another file, as another process writes it.
		copyFileSync(file, `${file}.copy`);
		renameSync(`${file}.copy`, file);
		const parsedAgain = await documentsParsed(async () => {
			for (let times = 0; times < 5; times += 1) await get("two", true);
		});
		assert.ok(parsedAgain <= 1, `${parsedAgain}`);
	} finally {
		cache.remove();
	}
});

/** How many large texts are parsed meanwhile: a document of some tokens, and not one entry of it. */
async function documentsParsed(work: () => Promise<void>): Promise<number> {
	const { parse } = JSON;
	let parsed = 0;
	JSON.parse = (text, ...rest) => {
		if (text.length > 15_000) parsed += 1;
		return parse(text, ...rest);
	};
	try {
		await work();
	} finally {
		JSON.parse = parse;
	}
	return parsed;
}
