import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { test } from "vitest";
import { memoryStore } from "../../src/cache/memory-store.ts";
import { type Owner, ownerKey } from "../../src/cache/owner.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import type { Account } from "../../src/token.ts";

const APP: Owner = {
	clientId: "app",
	environment: "login.windows.net",
	tenantId: "tenant",
};
const PERSON: Owner = { ...APP, homeAccountId: "uid.utid" };
const ACCOUNT: Account = {
	homeAccountId: "uid.utid",
	localAccountId: "uid",
	environment: "login.windows.net",
	realm: "tenant",
	username: "somebody@example.com",
};

/** Caches on one store, as processes have them, and a writer who overwrites what they wrote. */
function setUp() {
	const clock = manualClock();
	const store = memoryStore();
	const name = (owner: Owner) => ({
		cae: false,
		owner: JSON.stringify(Object.values(owner)),
	});
	// One document for everybody, as on disk.
	const shared = {
		read: () => store.read(name(APP)),
		async update(_: unknown, edit: (current: string | undefined) => string) {
			if (!isDiskFull) return store.update(name(APP), edit);
			edit(await store.read(name(APP)));
			throw new Error("no space left on device");
		},
	};
	let isDiskFull = false;
	function newCache() {
		const cache = new TokenCache({ now: clock.now, store: { ...shared } });
		let requests = 0;
		return {
			async get(scope: string, owner = APP) {
				const before = requests;
				await cache
					.partition(owner, false)
					.get(
						{ scopes: scope, written: scope, normalise: () => [scope] },
						async () => {
							requests += 1;
							const expiresOnTimestamp = clock.now() + hours(1);
							return {
								token: { token: `${scope}-token`, expiresOnTimestamp },
								scope,
								...(owner === PERSON && { account: ACCOUNT }),
							};
						},
					);
				return requests > before ? "request" : "found";
			},
		};
	}
	return {
		clock,
		newCache,
		/** Edits are made, and not written. */
		fillDisk(isFull: boolean) {
			isDiskFull = isFull;
		},
		/** What the Go library does: it writes its own snapshot, in which there is nothing of ours. */
		overwrite: (text = '{"AccessToken":{}}') =>
			shared.update(undefined, () => text),
		text: async () => (await shared.read()) ?? "",
	};
}

test("what a writer who does not merge has dropped of ours comes back with our next write", async () => {
	const { newCache, overwrite } = setUp();
	const ours = newCache();
	await ours.get("one");
	await ours.get("two");
	await overwrite();
	assert.equal(await newCache().get("one"), "request");
	await overwrite();
	await ours.get("three");
	const reader = newCache();
	for (const scope of ["one", "two", "three"])
		assert.equal(await reader.get(scope), "found", scope);
});

test("so does what many owners of one process have written", async () => {
	const { newCache, overwrite } = setUp();
	const ours = newCache();
	const owners = Array.from({ length: 40 }, (_, number) => ({
		...APP,
		tenantId: `tenant ${number}`,
	}));
	for (const owner of owners) await ours.get("one", owner);
	await overwrite();
	for (const owner of owners) await ours.get("two", owner);
	const reader = newCache();
	for (const owner of owners)
		for (const scope of ["one", "two"])
			assert.equal(await reader.get(scope, owner), "found", owner.tenantId);
});

test("so does what could not be written when it was to be", async () => {
	const { newCache, fillDisk } = setUp();
	const ours = newCache();
	await ours.get("one");
	fillDisk(true);
	await ours.get("two");
	fillDisk(false);
	await ours.get("three");
	const reader = newCache();
	for (const scope of ["one", "two", "three"])
		assert.equal(await reader.get(scope), "found", scope);
});

test("so does what is missing in a former version that somebody has put in place again", async () => {
	const { newCache, overwrite, text } = setUp();
	const ours = newCache();
	await ours.get("one");
	const former = await text();
	await overwrite();
	await ours.get("two");
	await overwrite(former);
	await ours.get("three");
	assert.equal(await newCache().get("two"), "found");
});

test("so do the last thousand, and no more are kept for that", async () => {
	const { newCache, overwrite } = setUp();
	const ours = newCache();
	for (let number = 0; number <= 1_000; number += 1)
		await ours.get(`scope-${number}`);
	await overwrite();
	await ours.get("last");
	assert.equal(await newCache().get("scope-0"), "request");
	for (const number of [1, 500, 1_000])
		assert.equal(await newCache().get(`scope-${number}`), "found");
});

test("into an owner's document comes nothing of another owner's, where each has one", async () => {
	const store = memoryStore();
	const cache = new TokenCache({ store });
	const get = (owner: Owner, scope: string) =>
		cache
			.partition(owner, false)
			.get(
				{ scopes: scope, written: scope, normalise: () => [scope] },
				async () => ({
					token: {
						token: `${owner.tenantId} ${scope}`,
						expiresOnTimestamp: Date.now() + hours(1),
					},
					scope,
				}),
			);
	const other = { ...APP, tenantId: "other" };
	await get(APP, "one");
	await get(other, "one");
	const name = { cae: false, owner: ownerKey(other, false) };
	await store.update(name, () => "{}");
	await get(other, "two");
	const text = await store.read(name);
	assert.match(text ?? "", /other two/);
	assert.doesNotMatch(text ?? "", /tenant one/);
	// Nor anything for another resource: no other library writes there, so what is gone was cleared or has ended.
	assert.doesNotMatch(text ?? "", /other one/);
});

test("what has expired meanwhile does not", async () => {
	const { newCache, overwrite, clock } = setUp();
	const ours = newCache();
	await ours.get("one");
	await overwrite();
	clock.advance(hours(1) - minutes(1));
	await ours.get("two");
	assert.equal(await newCache().get("one"), "request");
});

test("a person's tokens do not come back: the person may have signed out", async () => {
	const { newCache, overwrite } = setUp();
	const ours = newCache();
	await ours.get("one", PERSON);
	assert.equal(await newCache().get("one", PERSON), "found");
	await overwrite();
	await ours.get("two", PERSON);
	assert.equal(await newCache().get("one", PERSON), "request");
});
