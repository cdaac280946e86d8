import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tokenStoreContract } from "@azidentity/testkit";
import { unprotect } from "../src/stores/persistent/native/dpapi.ts";
import { persistentStore } from "../src/stores/persistent/persistent-store.ts";
import { type AnsweringProgram, startProgram } from "./answering-program.ts";

const SECRET = "0.AXEAq83v";
const DOCUMENT = JSON.stringify({ RefreshToken: { secret: SECRET } });
const PLAIN = { cae: false, owner: "an owner" };
const CAE = { cae: true, owner: "an owner" };
/** In the suite's own folder, which goes when the suite ends. */
const newFolder = () => fs.mkdtempSync(path.resolve("store-"));
const storeIn = (directory: string | undefined, name = "msal.cache") =>
	persistentStore({ name, directory, unsafeAllowUnencryptedStorage: false });

tokenStoreContract("the persistent store", () => {
	const folder = newFolder();
	return { open: () => storeIn(folder) };
});

describe("on disk", () => {
	const { LOCALAPPDATA } = process.env;
	let folder: string;
	beforeEach(() => {
		folder = newFolder();
		process.env.LOCALAPPDATA = folder;
	});
	afterEach(() => {
		process.env.LOCALAPPDATA = LOCALAPPDATA;
	});
	const file = (name: string) => path.join(folder, ".IdentityService", name);
	const documents = () =>
		fs
			.readdirSync(file("."))
			.filter((name) => !name.endsWith(".lockfile"))
			.sort();

	test("the two documents lie where .NET, Python and JavaScript have theirs, each one blob of this user's", async () => {
		const store = storeIn(undefined);
		await store.update(PLAIN, () => DOCUMENT);
		await store.update(CAE, () => DOCUMENT);
		assert.deepEqual(documents(), ["msal.cache.cae", "msal.cache.nocae"]);
		for (const name of ["msal.cache.cae", "msal.cache.nocae"]) {
			const stored = fs.readFileSync(file(name));
			assert.ok(!stored.includes(SECRET));
			assert.equal(
				String(Buffer.from((await unprotect(stored)) ?? "")),
				DOCUMENT,
			);
		}
	});

	test("a file that does not decrypt counts as none, is kept aside at the next write, and costs nobody the cache", async () => {
		const store = storeIn(undefined);
		await store.update(CAE, () => DOCUMENT);
		const stored = fs.readFileSync(file("msal.cache.cae"));
		stored[stored.length - 1] = (stored.at(-1) ?? 0) ^ 1;
		fs.writeFileSync(file("msal.cache.cae"), stored);
		assert.equal(await store.read(CAE), undefined);
		let found: string | undefined = "not asked";
		await store.update(CAE, (current) => {
			found = current;
			return DOCUMENT;
		});
		assert.equal(found, undefined);
		assert.equal(await store.read(CAE), DOCUMENT);
		assert.deepEqual(
			fs.readFileSync(file("msal.cache.cae.unreadable")),
			stored,
		);
	});

	test("an empty file is an empty cache", async () => {
		fs.mkdirSync(file("."));
		fs.writeFileSync(file("msal.cache.cae"), "");
		const store = storeIn(undefined);
		assert.equal(await store.read(CAE), undefined);
		await store.update(CAE, () => DOCUMENT);
		assert.equal(await store.read(CAE), DOCUMENT);
		assert.deepEqual(documents(), ["msal.cache.cae"]);
	});
});

describe("several processes", () => {
	let users: AnsweringProgram[];
	let folder: string;
	beforeEach(() => {
		users = [];
		folder = newFolder();
	});
	afterEach(async () => {
		for (const user of users) await user.kill();
	});
	const cache = () => ({ name: "msal.cache", directory: folder });
	function storeUser(): AnsweringProgram {
		const user = startProgram(process.execPath, [
			fileURLToPath(new URL("store-user.js", import.meta.url)),
		]);
		users.push(user);
		return user;
	}
	const members = async () =>
		Object.keys(JSON.parse((await storeIn(folder).read(CAE)) ?? "{}"));

	test("what one process stored the next one reads", async () => {
		await storeIn(folder).update(CAE, () => DOCUMENT);
		const read = await storeUser().ask({ cache: cache(), read: true });
		assert.equal(read, DOCUMENT);
	});

	test("of what six processes store at once, four of them killed on the way, nothing that was stored is lost", async () => {
		const stored: string[] = [];
		const storing = Array.from({ length: 6 }, async (_, index) => {
			const user = storeUser();
			const until = index < 4 ? 4 + 3 * index : 20;
			for (let count = 0; count < 20; count += 1) {
				const add = `${index}-${count}`;
				const answer = user.ask({ cache: cache(), add });
				if (count === until) {
					await Promise.allSettled([user.kill(), answer]);
					return;
				}
				await answer;
				stored.push(add);
			}
		});
		await Promise.all(storing);
		const found = new Set(await members());
		assert.deepEqual(
			stored.filter((each) => !found.has(each)),
			[],
		);
		assert.equal(stored.length, 4 + 7 + 10 + 13 + 2 * 20);
	});

	const program = fileURLToPath(new URL("go-cache.exe", import.meta.url));
	const skip = fs.existsSync(program)
		? false
		: "there is no go here; install it from https://go.dev/dl";

	test("when Go writes at the same time, no write of ours loses what Go wrote, and none of Go's fails", {
		skip,
	}, async () => {
		const go = startProgram(program);
		users.push(go);
		const file = path.join(folder, "msal.cache.cae");
		let isGoWriting = true;
		const goWriting = (async () => {
			for (let count = 0; count < 40; count += 1) {
				const text = JSON.stringify({ [`go-${count}`]: true });
				assert.deepEqual(await go.ask({ do: "write", file, text }), {
					text: "",
				});
				// Whoever writes next writes on top of this.
				const read = (await go.ask({ do: "read", file })) as { text: string };
				assert.ok(JSON.parse(read.text)[`go-${count}`], read.text);
			}
			isGoWriting = false;
		})();
		const writing = Array.from({ length: 3 }, async (_, index) => {
			const user = storeUser();
			for (let count = 0; isGoWriting; count += 1)
				await user.ask({ cache: cache(), add: `${index}-${count}` });
		});
		await Promise.all([goWriting, ...writing]);
		assert.ok((await members()).includes("go-39"));
	});
});
