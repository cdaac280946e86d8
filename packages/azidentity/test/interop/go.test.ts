import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { Emulator } from "@azidentity/emulator";
import { startEmulator } from "@azidentity/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, test } from "vitest";
import { needsKeyring } from "../persistent/needs-keyring.ts";
import {
	describeUnless,
	FIRST_RUN_MS,
	goProgram,
	lackOfGo,
} from "./foreign-libraries.ts";
import { type SharedCache, sharedCache, tokensIn } from "./shared-cache.ts";
import { assertNothingLostByUs, several, storm, watched } from "./storm.ts";

needsKeyring();

const VAULT = "https://vault.azure.net/.default";
const STORAGE = "https://storage.azure.com/.default";
/** How many each program gets when all write at once. */
const TOKENS = 10;
/** What Go says when it reads the file while another Go program writes it: Go truncates it first, and reads it once. */
const HALF_WRITTEN = /incorrectly formatted JWE/;
const GRAPH = "https://graph.microsoft.com/User.Read";

describeUnless(lackOfGo, "a cache shared with Go's azidentity/cache", () => {
	let emulator: Emulator;
	let go: string;
	let cache: SharedCache;
	beforeAll(async () => {
		emulator = await startEmulator();
		go = goProgram();
	}, FIRST_RUN_MS);
	afterAll(() => emulator.close());
	beforeEach(async () => {
		cache = sharedCache(emulator);
		await emulator.clearRequests();
	});
	afterEach(() => cache.remove());

	/** The requests for tokens so far. */
	const requests = async () =>
		(await emulator.requests()).filter(({ grantType }) => grantType).length;

	test("gives us the app's tokens that Go stored, without a request", async () => {
		const scopes = [VAULT, STORAGE];
		const theirs = tokensIn(await cache.go(go, { as: "app", scopes }));
		assert.equal(await requests(), 2);
		const ours = tokensIn(await cache.ours({ as: "app", scopes }));
		assert.deepEqual(ours, theirs);
		assert.equal(await requests(), 2);
	});

	test("gives Go the app's tokens that we stored, without a request", async () => {
		const scopes = [VAULT, STORAGE];
		const ours = tokensIn(await cache.ours({ as: "app", scopes }));
		assert.equal(await requests(), 2);
		const theirs = tokensIn(await cache.go(go, { as: "app", scopes }));
		assert.deepEqual(theirs, ours);
		assert.equal(await requests(), 2);
	});

	test("gives us a person's token that Go stored, and Go one that we stored", async () => {
		const theirs = await cache.go(go, { as: "person", scopes: [GRAPH] });
		const found = await cache.ours({ as: "silent", scopes: [GRAPH] });
		assert.deepEqual(tokensIn(found), tokensIn(theirs));
		const ours = await cache.ours({ as: "person", scopes: [STORAGE] });
		const before = await requests();
		const silently = await cache.go(go, { as: "silent", scopes: [STORAGE] });
		assert.deepEqual(tokensIn(silently), tokensIn(ours));
		assert.equal(await requests(), before);
	});

	test("gives Go the refresh token that we stored", async () => {
		await cache.ours({ as: "person", scopes: [GRAPH] });
		// A resource that only the refresh token opens without a prompt.
		const other = await cache.go(go, { as: "silent", scopes: [VAULT] });
		assert.equal(tokensIn(other).size, 1, JSON.stringify(other));
	});

	test("keeps tokens under continuous access evaluation apart, for both", async () => {
		const plain = await cache.go(go, { as: "app", scopes: [VAULT] });
		const cae = await cache.ours({ as: "app", scopes: [VAULT], cae: true });
		assert.notDeepEqual(tokensIn(cae), tokensIn(plain));
		assert.ok(existsSync(cache.encrypted));
		assert.ok(existsSync(`${cache.encrypted}.cae`));
		const theirs = await cache.go(go, {
			as: "app",
			scopes: [VAULT],
			cae: true,
		});
		assert.deepEqual(tokensIn(theirs), tokensIn(cae));
	});

	test("grows by what each adds, and stays encrypted", async () => {
		const scopesOf = (who: string) =>
			[1, 2, 3].map((each) => `https://${who}-${each}.example/.default`);
		const all = new Map<string, string>();
		for (const [who, run] of [
			["go", (scopes: string[]) => cache.go(go, { as: "app", scopes })],
			["ours", (scopes: string[]) => cache.ours({ as: "app", scopes })],
			["again", (scopes: string[]) => cache.go(go, { as: "app", scopes })],
		] as const)
			for (const [scope, token] of tokensIn(await run(scopesOf(who))))
				all.set(scope, token);
		const scopes = [...all.keys()];
		assert.equal(scopes.length, 9);
		await emulator.suspend();
		try {
			const ours = await cache.ours({ as: "app", scopes });
			assert.deepEqual(tokensIn(ours), all);
		} finally {
			await emulator.resume();
		}
		const document = readFileSync(cache.encrypted, "utf8");
		assert.match(document, /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]{22}$/);
	});

	test("loses nothing of Go's to a write of ours when all write at once", async () => {
		const theirs = several(2, "go", (job, onSaid) => cache.go(go, job, onSaid));
		const aftermath = await storm(theirs, watched(4, cache), TOKENS, 0);
		assertNothingLostByUs(aftermath, TOKENS);
		for (const { who } of theirs)
			for (const { failed } of aftermath.said.get(who) ?? [])
				if (failed !== undefined) assert.match(failed, HALF_WRITTEN);
	});
});
