import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { tokenStoreContract } from "@azidentity/testkit";
import { type RedisStore, redisStore } from "azidentity/redis";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Connected, SENTINEL } from "./clients.ts";
import { until } from "./redis-server.ts";
import { startWatched, type Watched } from "./sentinel.ts";
import { PATIENT, places } from "./store-place.ts";

let watched: Watched;
const anySentinel = () => watched.sentinels[0] as { port: number };
beforeAll(async () => {
	watched = await startWatched();
});
afterAll(() => watched?.close());

for (const [name, connect] of Object.entries(SENTINEL))
	describe(name, () => {
		const place = places(() => connect(anySentinel()));
		tokenStoreContract(`the store under Sentinels by ${name}`, () => place());

		test("a revocation is heard by the others", async () => {
			const here = place();
			const [one, other] = [here.open(), here.open()];
			const heard: string[] = [];
			other.invalidation?.listen(({ owner }) => heard.push(owner));
			await until("it is heard", async () => {
				await one.invalidation?.announce({ cae: true, owner: "someone" });
				return heard.length > 0;
			});
			assert.equal(heard[0], "someone");
		});

		test("the names of the documents are found", async () => {
			const store = place().open();
			await store.update({ cae: true, owner: "someone" }, () => "{}");
			const found = [];
			for await (const each of store.names?.() ?? []) found.push(each);
			assert.deepEqual(found, [{ cae: true, owner: "someone" }]);
		});
	});

test("a store goes on with the replica when the master fails, by every client", async () => {
	const connected: Connected[] = [];
	const stores: RedisStore[] = [];
	for (const connect of Object.values(SENTINEL)) {
		const each = await connect(anySentinel());
		connected.push(each);
		stores.push(
			redisStore(each.client, {
				...PATIENT,
				timeout: 500,
				prefix: randomUUID(),
			}),
		);
	}
	const name = { cae: false, owner: "someone" };
	const before = await watched.masterPort();
	const master = watched.servers.find(({ port }) => port === before);
	await master?.stop();
	await Promise.all(
		stores.map((store, index) =>
			until(
				`${Object.keys(SENTINEL)[index]} writes to the new master`,
				async () => {
					await store.update(name, () => '"after"');
					return (await store.read(name)) === '"after"';
				},
			),
		),
	);
	assert.notEqual(await watched.masterPort(), before);
	await Promise.all(connected.map((each) => each.close()));
});
