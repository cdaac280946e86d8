import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { hours } from "@azidentity/testkit";
import { beforeAll, test } from "vitest";
import { memoryPlace } from "../../src/cache/memory-store.ts";
import { ownerKey } from "../../src/cache/owner.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import { APP, PERSON, processOn } from "./processes.ts";
import { settled } from "./scripted-source.ts";

beforeAll(() => import("../../src/cache/ask-store-first.ts"));

const CLAIMS = { claims: '{"access_token":{}}' };

test("what a claims challenge replaced in one process is out of the others' memories, and they find the new one in the store", async () => {
	const place = memoryPlace();
	const [one, other] = [processOn(place), processOn(place)];
	const old = await one.get("vault");
	assert.equal(await other.get("vault"), old);
	const renewed = await one.get("vault", CLAIMS);
	assert.notEqual(renewed, old);
	assert.equal(await other.get("vault"), renewed);
	assert.equal(await one.get("vault"), renewed);
	assert.deepEqual([one.requests, other.requests], [2, 0]);
});

test("so it is with two caches of one process on the same store", async () => {
	const store = memoryPlace().open();
	const [one, other] = [processOn(store), processOn(store)];
	const old = await one.get("vault");
	assert.equal(await other.get("vault"), old);
	const renewed = await one.get("vault", CLAIMS);
	assert.equal(await other.get("vault"), renewed);
	assert.deepEqual([one.requests, other.requests], [2, 0]);
});

test("others' tokens stay where they are", async () => {
	const place = memoryPlace();
	const [one, other] = [processOn(place), processOn(place)];
	await other.get("vault", { owner: { ...APP, tenantId: "elsewhere" } });
	await other.get("vault", { owner: PERSON });
	await one.get("vault", CLAIMS);
	const reads = other.reads();
	await other.get("vault", { owner: { ...APP, tenantId: "elsewhere" } });
	await other.get("vault", { owner: PERSON });
	assert.equal(other.reads(), reads);
});

test("a person's tokens are dropped for all tenants and both flavours", async () => {
	const place = memoryPlace();
	const [one, other] = [processOn(place), processOn(place)];
	const guest = { ...PERSON, tenantId: "elsewhere" };
	await other.get("vault", { owner: guest, cae: true });
	await one.get("vault", { owner: PERSON, ...CLAIMS });
	const reads = other.reads();
	await other.get("vault", { owner: guest, cae: true });
	assert.equal(other.reads(), reads + 1);
	assert.equal(other.requests, 1);
});

test("an answer that set out before the announcement reaches those who wait, and neither memory nor store", async () => {
	const place = memoryPlace();
	const [one, other] = [processOn(place), processOn(place)];
	const late = other.hold();
	const waiting = other.get("vault");
	await settled();
	const token = await one.get("mail", CLAIMS);
	const between = other.get("vault");
	await settled();
	late.grant();
	const lost = await waiting;
	assert.notEqual(await between, lost);
	const third = processOn(place);
	assert.equal(await third.get("vault"), await between);
	assert.equal(await third.get("mail"), token);
	assert.equal(third.requests, 0);
});

test("what a store hears from outside does no harm, whatever it is", async () => {
	const place = memoryPlace();
	const { invalidation, ...rest } = place.open();
	let hear: (name: never) => void = () => {};
	const store = {
		...rest,
		invalidation: {
			announce: () => Promise.reject(new Error("connection lost")),
			listen(heard: (name: never) => void) {
				hear = heard;
				return () => {};
			},
		},
	};
	const one = processOn(store);
	const token = await one.get("vault");
	for (const name of [
		undefined,
		null,
		1,
		"x",
		{},
		{ owner: 1 },
		{ owner: "" },
		{ owner: "[" },
		{ owner: "[1,2,3]" },
		{ owner: "null" },
		{ owner: '["e","t","c",{},[]]', cae: "x" },
	])
		hear(name as never);
	assert.equal(await one.get("vault"), token);
	assert.equal(one.requests, 1);
	assert.notEqual(await one.get("vault", CLAIMS), token);
	hear({ cae: false, owner: ownerKey(APP, false) } as never);
});

test("a store that cannot be listened to is used all the same", async () => {
	const { invalidation, ...rest } = memoryPlace().open();
	const one = processOn({
		...rest,
		invalidation: {
			announce: async () => {},
			listen() {
				throw new Error("no connection");
			},
		},
	});
	assert.equal(await one.get("vault"), await one.get("vault"));
});

test("tokens that must not outlive the process are nobody else's to revoke", async () => {
	const store = memoryPlace().open();
	const cache = new TokenCache({ store });
	let requests = 0;
	const get = () =>
		cache
			.partition(APP, false, true)
			.get(
				{ scopes: "vault", written: "vault", normalise: () => ["vault"] },
				async () => {
					requests += 1;
					const expiresOnTimestamp = Date.now() + hours(1);
					return { token: { token: "own", expiresOnTimestamp }, scope: "" };
				},
			);
	await get();
	await processOn(store).get("vault", CLAIMS);
	await get();
	assert.equal(requests, 1);
});

test("a cache that nobody uses any more is not kept by the store that tells it of revocations, which is then listened to no longer", async () => {
	setFlagsFromString("--expose-gc");
	const collect: () => void = runInNewContext("gc");
	const place = memoryPlace();
	const { invalidation, ...rest } = place.open();
	let listening = 0;
	const store = {
		...rest,
		invalidation: {
			announce: async () => {},
			listen() {
				listening += 1;
				return () => {
					listening -= 1;
				};
			},
		},
	};
	const use = async () => {
		await processOn(store).get("vault");
		await processOn(store).get("vault");
	};
	await use();
	assert.equal(listening, 1);
	while (listening > 0) {
		collect();
		await settled();
	}
	await use();
	assert.equal(listening, 1);
});
