import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
	type RedisClient,
	type RedisStoreOptions,
	redisStore,
} from "azidentity/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { describe, test } from "vitest";

const key = randomBytes(32);
const client = createClient();
const keys = [{ id: "one", key }];

describe("what cannot be is refused when the store is made", () => {
	const CASES: Record<string, [unknown, RegExp]> = {
		"no options": [undefined, /keys is missing/],
		"no keys": [{}, /keys is missing/],
		"an empty list of keys": [{ keys: [] }, /keys is missing/],
		"plain text allowed by something like true": [
			{ unsafeAllowUnencryptedStorage: 1 },
			/keys is missing/,
		],
		"keys that are no list": [{ keys: { id: "one", key } }, /must be a list/],
		"a key without an id": [{ keys: [{ key }] }, /id of each key/],
		"an id with a colon": [{ keys: [{ id: "a:b", key }] }, /id of each key/],
		"nothing in the place of a key": [{ keys: [undefined] }, /id of each key/],
		"a short key": [
			{ keys: [{ id: "one", key: key.subarray(1) }] },
			/32 bytes/,
		],
		"a password for a key": [
			{ keys: [{ id: "one", key: "correct horse battery staple" }] },
			/32 bytes/,
		],
		"two keys of one id": [
			{ keys: [...keys, { id: "one", key: randomBytes(32) }] },
			/two keys/,
		],
		"an empty prefix": [{ keys, prefix: "" }, /prefix/],
		"a prefix with braces": [{ keys, prefix: "{a}" }, /prefix/],
		"no time at all": [{ keys, timeout: 0 }, /timeout/],
		"a text for a time": [{ keys, maxAge: "1d" }, /maxAge/],
	};
	for (const [what, [options, message]] of Object.entries(CASES))
		test(what, () => {
			assert.throws(
				() => redisStore(client, options as RedisStoreOptions),
				(error: Error) => {
					assert.equal(error.name, "TypeError");
					assert.match(error.message, message);
					assert.ok(!error.message.includes("horse"));
					return true;
				},
			);
		});

	test("what is no client that is known", () => {
		for (const wrong of [
			undefined,
			null,
			{},
			"redis://",
			new Map(),
			createClient,
		])
			assert.throws(
				() => redisStore(wrong as unknown as RedisClient, { keys }),
				/createClient, createCluster or createSentinel/,
			);
	});
});

test("both kinds of client are taken before they are connected", () => {
	redisStore(client, { keys });
	redisStore(new Redis({ lazyConnect: true }), {
		keys: [{ id: "one", key: key.toString("base64") }],
	});
});
