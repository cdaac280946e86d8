import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { test } from "vitest";
import { memoryStore } from "../../src/cache/memory-store.ts";
import type { Owner } from "../../src/cache/owner.ts";
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
		update: (_: unknown, edit: (current: string | undefined) => string) =>
			store.update(name(APP), edit),
	};
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
		/** What the Go library does: it writes its own snapshot, in which there is nothing of ours. */
		overwrite: () => shared.update(undefined, () => '{"AccessToken":{}}'),
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
