import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import type { Emulator } from "@azidentity/emulator";
import { startEmulator } from "@azidentity/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, test } from "vitest";
import { needsKeyring } from "../persistent/needs-keyring.ts";
import {
	describeUnless,
	FIRST_RUN_MS,
	lackOfPython,
} from "./foreign-libraries.ts";
import { pythonWithMsal } from "./foreign-programs.ts";
import {
	type Job,
	type SharedCache,
	sharedCache,
	tokensIn,
} from "./shared-cache.ts";
import { assertNothingLostByUs, several, storm, watched } from "./storm.ts";

needsKeyring();

const VAULT = "https://vault.azure.net/.default";
const STORAGE = "https://storage.azure.com/.default";
/** How many each program gets when all write at once. */
const TOKENS = 10;
const GRAPH = "https://graph.microsoft.com/User.Read";

// On Linux MSAL Python encrypts by libsecret only, which nobody else reads. What is shared is the plain file, which is
// used where there is no place for keys: our programs run where the kernel refuses its keyring.
describeUnless(lackOfPython, "a plain file shared with MSAL Python", () => {
	let emulator: Emulator;
	let python: string;
	let cache: SharedCache;
	beforeAll(async () => {
		emulator = await startEmulator();
		python = pythonWithMsal();
	}, FIRST_RUN_MS);
	afterAll(() => emulator.close());
	beforeEach(async () => {
		cache = sharedCache(emulator);
		await emulator.clearRequests();
	});
	afterEach(() => cache.remove());

	const theirs = async (job: Job) => tokensIn(await cache.python(python, job));
	const ours = async (job: Job) =>
		tokensIn(await cache.ours(job, { withoutKeys: true }));
	/** The requests for tokens so far. */
	const requests = async () =>
		(await emulator.requests()).filter(({ grantType }) => grantType).length;

	test("gives us the app's tokens that Python stored, without a request", async () => {
		const job: Job = { as: "app", scopes: [VAULT, STORAGE] };
		const stored = await theirs(job);
		assert.equal(await requests(), 2);
		assert.deepEqual(await ours(job), stored);
		assert.equal(await requests(), 2);
	});

	test("gives us a person's token that Python stored, and Python one that we stored", async () => {
		const stored = await theirs({ as: "person", scopes: [GRAPH] });
		assert.deepEqual(await ours({ as: "silent", scopes: [GRAPH] }), stored);
		const other = await ours({ as: "person", scopes: [STORAGE] });
		const before = await requests();
		assert.deepEqual(await theirs({ as: "silent", scopes: [STORAGE] }), other);
		assert.equal(await requests(), before);
	});

	test("gives Python the account and the refresh token that we stored", async () => {
		await ours({ as: "person", scopes: [GRAPH] });
		const other = await theirs({ as: "silent", scopes: [VAULT] });
		assert.equal(other.size, 1);
	});

	test("keeps the app's token that we stored when Python, which finds none of them, stores its own", async () => {
		const stored = await ours({ as: "app", scopes: [VAULT, STORAGE] });
		const asked = await theirs({ as: "app", scopes: [VAULT] });
		// Python wants `home_account_id: null`, which only Python writes; Go's tokens are as invisible to it as ours.
		assert.notEqual(asked.get(VAULT), stored.get(VAULT));
		const document = readFileSync(cache.unencrypted, "utf8");
		assert.ok(document.includes(stored.get(STORAGE) ?? assert.fail()));
		const again = await ours({ as: "app", scopes: [VAULT, STORAGE] });
		assert.equal(again.get(STORAGE), stored.get(STORAGE));
		assert.equal(await requests(), 3);
	});

	test("is the user's alone, and never lies where an encrypted one belongs", async () => {
		await ours({ as: "app", scopes: [VAULT] });
		assert.equal(statSync(cache.unencrypted).mode & 0o777, 0o600);
		assert.ok(!existsSync(cache.encrypted));
		assert.match(readFileSync(cache.unencrypted, "utf8"), /^\{/);
	});

	test("loses nothing of Python's to a write of ours when all write at once, and each gets its tokens", async () => {
		const programs = several(2, "python", (job, onSaid) =>
			cache.python(python, job, onSaid),
		);
		const all = watched(4, cache, { withoutKeys: true });
		const aftermath = await storm(programs, all, TOKENS, 0);
		assertNothingLostByUs(aftermath, TOKENS);
		for (const { who } of programs)
			assert.equal(tokensIn(aftermath.said.get(who) ?? []).size, TOKENS);
	});
});
