import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { type RedisStoreOptions, redisStore } from "azidentity/redis";
import { beforeEach, describe, test } from "vitest";
import { SINGLE } from "./clients.ts";
import { connectedRedis } from "./connected-redis.ts";
import { daemons, VAULT, warnings } from "./daemons.ts";
import { KEY, PATIENT } from "./store-place.ts";

const entra = daemons();
const warned = warnings();
const name = { cae: false, owner: "someone" };

for (const client of ["redis 6", "ioredis 6"] as const)
	describe(`by ${client}`, () => {
		const redis = connectedRedis(SINGLE[client]);
		let prefix: string;
		beforeEach(async () => {
			prefix = randomUUID();
			await redis.server.cli("CONFIG", "SET", "maxmemory", "0");
			await redis.server.cli("FLUSHALL");
		});
		const open = (options: RedisStoreOptions = {}) =>
			redisStore(redis.client, { ...PATIENT, prefix, ...options });
		const onlyKey = async () => {
			const keys = (await redis.server.cli("KEYS", `${prefix}:{*`)).split("\n");
			assert.equal(keys.length, 1);
			return keys[0] as string;
		};

		const DAMAGES: Record<string, (key: string) => Promise<unknown>> = {
			"a list": async (key) => {
				await redis.server.cli("DEL", key);
				await redis.server.cli("RPUSH", key, "one", "two");
			},
			"bytes that are no text": (key) =>
				redis.server.cli("SETRANGE", key, "0", "\u00ff"),
			"somebody else's text": (key) => redis.server.cli("SET", key, "{}"),
			"nothing at all": (key) => redis.server.cli("SET", key, ""),
			"half of the document": async (key) => {
				const value = await redis.server.cli("GET", key);
				await redis.server.cli("SET", key, value.slice(0, value.length / 2));
			},
			"our form and nothing behind it": (key) =>
				redis.server.cli("SET", key, `azid1:AAAAAAAAAAAAAAAA:${KEY.id}:`),
			"one changed letter": async (key) => {
				const value = await redis.server.cli("GET", key);
				const at = value.length - 10;
				const other = value[at] === "A" ? "B" : "A";
				await redis.server.cli(
					"SET",
					key,
					value.slice(0, at) + other + value.slice(at + 1),
				);
			},
			"plain text": (key) =>
				redis.server.cli(
					"SET",
					key,
					`azid1:AAAAAAAAAAAAAAAA::${JSON.stringify(name)}\n"planted"`,
				),
		};
		for (const [what, damage] of Object.entries(DAMAGES))
			test(`${what} in the place of a document is as good as none: one warning, and the next write mends it`, async () => {
				const store = open();
				await store.update(name, () => '"before"');
				await damage(await onlyKey());
				assert.equal(await store.read(name), undefined);
				assert.equal(await store.read(name), undefined);
				const said = await warned();
				assert.equal(said.length, 1);
				assert.match(said[0] ?? "", /document in Redis/);
				await store.update(name, (current) => {
					assert.equal(current, undefined);
					return '"mended"';
				});
				assert.equal(await open().read(name), '"mended"');
			});

		test("a document never opens in the place of another one", async () => {
			const store = open();
			await store.update(name, () => '"mine"');
			const mine = await onlyKey();
			const value = await redis.server.cli("GET", mine);
			await redis.server.cli("DEL", mine);
			const other = { ...name, owner: "somebody else" };
			await store.update(other, () => '"theirs"');
			await redis.server.cli("SET", await onlyKey(), value);
			assert.equal(await store.read(other), undefined);
		});

		test("after a rotation documents of the old key are read, and come under the new one with the next write", async () => {
			const newKey = { id: "test-2", key: randomBytes(32).toString("base64") };
			await open().update(name, () => '"before"');
			const rotated = open({ keys: [newKey, KEY] });
			assert.equal(await rotated.read(name), '"before"');
			await rotated.update(name, (current) => `${current}`);
			assert.equal(await open({ keys: [newKey] }).read(name), '"before"');
			assert.deepEqual(await warned(), []);
		});

		test("a reader without the right key misses, warns once, and shows nothing of it", async () => {
			await open().update(name, () => '"before"');
			const stranger = open({ keys: [{ id: "other", key: randomBytes(32) }] });
			const impostor = open({ keys: [{ id: KEY.id, key: randomBytes(32) }] });
			for (const store of [stranger, impostor]) {
				assert.equal(await store.read(name), undefined);
				assert.equal(await store.read(name), undefined);
			}
			const said = await warned();
			assert.equal(said.length, 2);
			for (const line of said)
				assert.ok(!line.includes(KEY.key.toString("base64")));
		});

		test("a full Redis that evicts nothing costs a request and one warning, and still gives what it has", async () => {
			const store = open();
			const { token } = await entra.cold(store).getToken(VAULT);
			await redis.server.cli("CONFIG", "SET", "maxmemory", "1");
			const scope = "https://storage.azure.com/.default";
			assert.ok((await entra.cold(store).getToken(scope)).token);
			assert.ok((await entra.cold(store).getToken(scope)).token);
			assert.equal((await entra.cold(store).getToken(VAULT)).token, token);
			assert.equal(await entra.tokenRequests(), 3);
			assert.equal((await warned()).length, 1);
		});

		for (const policy of ["allkeys-lru", "volatile-ttl", "allkeys-random"])
			test(`what a Redis under ${policy} has evicted costs a request`, async () => {
				await redis.server.cli("CONFIG", "SET", "maxmemory-policy", policy);
				const store = open();
				await entra.cold(store).getToken(VAULT);
				// Full, and with something else to be kept: all of ours goes, or is not taken.
				await redis.server.cli("CONFIG", "SET", "maxmemory", "1");
				await redis.server.cli("SET", "other", "thing").catch(() => {});
				assert.ok((await entra.cold(store).getToken(VAULT)).token);
				await redis.server.cli("CONFIG", "SET", "maxmemory", "0");
				await redis.server.cli(
					"CONFIG",
					"SET",
					"maxmemory-policy",
					"noeviction",
				);
				assert.equal(await entra.tokenRequests(), 2);
			});
	});
