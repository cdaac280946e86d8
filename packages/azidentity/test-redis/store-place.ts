import { randomBytes, randomUUID } from "node:crypto";
import type { StorePlace } from "@azidentity/testkit";
import { type RedisStoreOptions, redisStore } from "azidentity/redis";
import { afterAll, beforeAll } from "vitest";
import type { Connected } from "./clients.ts";

export const KEY = { id: "test-1", key: randomBytes(32) };

/** A machine that others are busy on is no reason for a test to fail; how long Redis may take is for the tests of that. */
export const PATIENT: RedisStoreOptions = { keys: [KEY], timeout: 20_000 };

/** More than one process has, and as many as some processes have together. */
const CLIENTS = 3;

/** Clients for the tests of one block, and places for the stores on them. */
export function places(connect: () => Promise<Connected>) {
	const connected: Connected[] = [];
	beforeAll(async () => {
		for (let index = 0; index < CLIENTS; index += 1)
			connected.push(await connect());
	});
	afterAll(async () => {
		await Promise.all(connected.map((each) => each.close()));
	});
	return (options: RedisStoreOptions = {}): StorePlace => {
		const prefix = randomUUID();
		let opened = 0;
		return {
			open() {
				const { client } = connected[opened++ % CLIENTS] as Connected;
				return redisStore(client, { ...PATIENT, prefix, ...options });
			},
		};
	};
}
