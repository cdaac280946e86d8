import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { redisStore } from "azidentity/redis";
import { afterEach, describe, test } from "vitest";
import { SINGLE } from "./clients.ts";
import { connectedRedis } from "./connected-redis.ts";
import { daemons, VAULT } from "./daemons.ts";
import { until } from "./redis-server.ts";
import { KEY, PATIENT } from "./store-place.ts";

const entra = daemons();
const name = { cae: false, owner: "someone" };
const MINUTE = 60_000;

for (const [client, connect] of Object.entries(SINGLE))
	describe(`by ${client}`, () => {
		const redis = connectedRedis(connect);
		afterEach(() => redis.server.resume());

		test("a Redis that stopped answering costs one wait, and is used again when it answers", async () => {
			let time = 0;
			const store = redisStore(redis.client, {
				keys: [KEY],
				prefix: randomUUID(),
				timeout: 50,
				now: () => time,
			});
			await until("it is used", async () => {
				time += MINUTE;
				await store.update(name, () => '"before"');
				return true;
			});
			redis.server.freeze();
			await assert.rejects(store.read(name), { name: "NoAnswerError" });
			for (let index = 0; index < 100; index += 1)
				await assert.rejects(store.read(name), { name: "RedisPausedError" });
			// What is sent to try is waited for by nobody.
			time += MINUTE;
			await assert.rejects(
				store.update(name, () => '"lost"'),
				{
					name: "RedisPausedError",
				},
			);
			redis.server.resume();
			await until("it is used again", async () => {
				time += 2 * MINUTE;
				return (await store.read(name)) !== undefined;
			});
			await store.close();
		});

		test("a Redis that is away fails no getToken while the authority answers, and is filled again when it is back", async () => {
			let time = Date.now();
			const store = redisStore(redis.client, {
				keys: [KEY],
				prefix: randomUUID(),
				timeout: 50,
				now: () => time,
			});
			const storm = async (count: number) => {
				const scopes = Array.from(
					{ length: count },
					() => `api://orders/.default`,
				);
				const answers = await Promise.all(
					scopes.map((scope) => entra.cold(store).getToken(scope)),
				);
				for (const { token } of answers) assert.ok(token);
			};
			await storm(10);
			await redis.server.stop();
			await storm(20);
			time += MINUTE;
			await storm(20);
			await redis.server.start();
			await until("it is filled again", async () => {
				time += 2 * MINUTE;
				await storm(2);
				return (await redis.server.cli("DBSIZE")) !== "0";
			});
			await store.close();
		});

		test("connections that are cut fail no getToken", async () => {
			const store = redisStore(redis.client, {
				...PATIENT,
				prefix: randomUUID(),
			});
			await until("it answers", async () => {
				await store.read(name);
				return true;
			});
			const asking = Array.from({ length: 30 }, () =>
				entra.cold(store).getToken(VAULT),
			);
			const killing = redis.server.cli("CLIENT", "KILL", "TYPE", "normal");
			for (const { token } of await Promise.all(asking)) assert.ok(token);
			await killing;
			await until("it is used again", async () => {
				await store.update(name, () => '"after"');
				return (await store.read(name)) === '"after"';
			});
			await store.close();
		});

		test("a Redis that sleeps is waited for no longer than it may take, and the token comes from the authority", async () => {
			const store = redisStore(redis.client, {
				keys: [KEY],
				prefix: randomUUID(),
			});
			const asleep = redis.server.cli("DEBUG", "SLEEP", "1");
			const { token } = await entra.cold(store).getToken(VAULT);
			assert.ok(token);
			await asleep;
			await store.close();
		});
	});
