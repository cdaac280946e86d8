import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type CacheChange, persistentTokenCache, TokenCache } from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import { type MemoryPlace, memoryPlace } from "../../src/cache/memory-store.ts";
import { settled } from "../cache/scripted-source.ts";
import { callingUsers } from "./calling-users.ts";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { assertShowsNone, capturedLog, printed } from "./planted-secrets.ts";
import { promptedPerson } from "./prompted-person.ts";

const CHANNELS = [
	"hit",
	"miss",
	"join",
	"refresh.start",
	"refresh",
	"remove",
	"store.read",
	"store.write",
	"lock.wait",
];

const entra = emulatedEntra();
const { onBehalfOf, signIn } = callingUsers(entra);
const logged = capturedLog();

let directory: string;
let messages: unknown[] = [];
const note = (message: unknown) => messages.push(message);
beforeEach(() => {
	messages = [];
	directory = mkdtempSync(path.join(os.tmpdir(), "azidentity-secrets-"));
	for (const name of CHANNELS) subscribe(`azidentity:${name}`, note);
});
afterEach(() => {
	for (const name of CHANNELS) unsubscribe(`azidentity:${name}`, note);
	rmSync(directory, { recursive: true, force: true });
});

/** What is in a place that nobody may be shown. */
async function secretsIn(place: MemoryPlace): Promise<string[]> {
	const store = place.open();
	const secrets: string[] = [];
	for await (const name of store.names?.() ?? []) {
		const text = (await store.read(name)) ?? "";
		for (const [, secret] of text.matchAll(/"secret":"([^"]+)"/g))
			secrets.push(secret ?? "");
	}
	return secrets;
}

describe("A cache with tokens of an application, of a person and of a user on whose behalf it acts", () => {
	test("shows none of them when it is listed, cleared, listened to, measured or printed", async () => {
		const place = memoryPlace();
		const tokenCache = new TokenCache({ store: place.open() });
		const changes: CacheChange[] = [];
		tokenCache.onChange((change) => changes.push(change));
		const { alice } = entra.emulator.users;
		const { accessToken } = await signIn(alice);
		const clientSecret = entra.emulator.apps.api.secrets[0];
		const daemon = entra.daemon({ tokenCache });
		const person = promptedPerson(entra, { tokenCache });
		const user = onBehalfOf(accessToken, { clientSecret, tokenCache });
		for (const { getToken } of [
			{ getToken: () => daemon.getToken(VAULT) },
			{ getToken: () => person.getToken(VAULT) },
			{ getToken: () => user.getToken(VAULT) },
		])
			assert.equal((await getToken()).token, (await getToken()).token);
		const listed = await tokenCache.list();
		const secrets = [accessToken, ...(await secretsIn(place))];
		assert.ok(secrets.length >= 6);
		assert.ok(
			listed.some(({ account }) => account?.username === alice.username),
		);
		await tokenCache.clear();
		assert.deepEqual(await tokenCache.list(), []);
		await settled();
		assert.ok(changes.length >= 6 && messages.length >= 12);
		for (const shown of [listed, changes, messages, tokenCache])
			assertShowsNone(secrets, printed(shown));
		assertShowsNone([alice.username, alice.id], printed(messages));
		assertShowsNone(secrets, await logged());
	});
});

describe("Signing out of a cache on disk", () => {
	test("takes the person's tokens from the files, leaves others theirs, and has the person sign in again", async () => {
		const tokenCache = persistentTokenCache({
			name: path.basename(directory),
			directory,
			// Not every machine that runs tests has a place for keys.
			unsafeAllowUnencryptedStorage: true,
		});
		const { getToken, prompts } = promptedPerson(entra, { tokenCache });
		await getToken(VAULT);
		const { token } = await entra.daemon({ tokenCache }).getToken(VAULT);
		const [account] = (await tokenCache.list()).flatMap(
			(each) => each.account ?? [],
		);
		assert.ok(account);
		await tokenCache.clear({ account });
		const left = (await tokenCache.list()).map(
			(each) => `${each.where} ${each.clientId} ${each.account?.username}`,
		);
		const { clientId } = entra.emulator.apps.daemon;
		assert.deepEqual(left, [
			`memory ${clientId} undefined`,
			`store ${clientId} undefined`,
		]);
		await getToken(STORAGE);
		assert.equal(prompts.length, 2);
		assert.equal(
			(await entra.daemon({ tokenCache }).getToken(VAULT)).token,
			token,
		);
	});
});
