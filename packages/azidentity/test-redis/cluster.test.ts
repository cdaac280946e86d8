import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { tokenStoreContract } from "@azidentity/testkit";
import { redisStore } from "azidentity/redis";
import { afterAll, beforeAll, describe, test } from "vitest";
import { CLUSTER } from "./clients.ts";
import { type RedisCluster, startCluster } from "./cluster.ts";
import { until } from "./redis-server.ts";
import { PATIENT, places } from "./store-place.ts";

let cluster: RedisCluster;
const anyServer = () => cluster.servers[0] as { port: number };
beforeAll(async () => {
	cluster = await startCluster();
});
afterAll(() => cluster?.close());

for (const [name, connect] of Object.entries(CLUSTER))
	describe(name, () => {
		const place = places(() => connect(anyServer()));
		tokenStoreContract(`the store on a Cluster by ${name}`, () => place());

		test("the names of the documents are found on all masters", async () => {
			const store = place().open();
			const owners = Array.from({ length: 20 }, (_, index) => `owner ${index}`);
			for (const owner of owners)
				await store.update({ cae: false, owner }, () => "{}");
			const found: string[] = [];
			for await (const { owner } of store.names?.() ?? []) found.push(owner);
			assert.deepEqual(found.sort(), owners.sort());
		});

		test("a revocation is heard by the others, and by the one who announces it not", async () => {
			const here = place();
			const [one, other] = [here.open(), here.open()];
			const heard: string[] = [];
			one.invalidation?.listen(({ owner }) => heard.push(`one ${owner}`));
			other.invalidation?.listen(({ owner }) => heard.push(`other ${owner}`));
			await until("it is heard", async () => {
				await one.invalidation?.announce({ cae: true, owner: "someone" });
				return heard.length > 0;
			});
			assert.deepEqual([...new Set(heard)], ["other someone"]);
		});
	});

test("edits of several processes all count, though a master fails among them and its replica stands in", async () => {
	const connected = await Promise.all(
		["redis 6", "ioredis 6"].map((name) =>
			CLUSTER[name as keyof typeof CLUSTER](anyServer()),
		),
	);
	const prefix = randomUUID();
	const stores = connected.map(({ client }) =>
		redisStore(client, { ...PATIENT, prefix }),
	);
	const [before] = await cluster.masters();
	assert.ok(before);
	const count = async (owner: string) => {
		let text: string | undefined;
		// A client that is finding its way in the changed Cluster may fail once more.
		await until(`${owner} is read`, async () => {
			text = await stores[0]?.read({ cae: false, owner });
			return true;
		});
		return Number(text ?? 0);
	};
	let isOver = false;
	const wins = new Map<string, number>();
	const writers = stores.map(async (store) => {
		for (let round = 0; !isOver; round += 1) {
			const owner = `owner ${round % 12}`;
			const edit = (text?: string) => `${Number(text ?? 0) + 1}`;
			const isDone = await store.update({ cae: false, owner }, edit).then(
				() => true,
				() => false,
			);
			if (isDone) wins.set(owner, (wins.get(owner) ?? 0) + 1);
		}
	});
	try {
		await until("every document has been written", () => wins.size === 12);
		const mastersLeft = (await cluster.masters()).length;
		await before.stop();
		await until(
			"a replica stands in",
			async () => (await cluster.masters()).length >= mastersLeft,
		);
		wins.clear();
		await until("every document is written again", () => wins.size === 12);
	} finally {
		isOver = true;
		await Promise.all(writers);
	}
	// Replication may lose the last writes of a master that fails; from then on, none is lost.
	const counts = await Promise.all([...wins.keys()].map(count));
	for (const [index, won] of [...wins.values()].entries())
		assert.ok((counts[index] ?? 0) >= won);
	await Promise.all(connected.map((each) => each.close()));
});
