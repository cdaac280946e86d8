import type { RedisCommands, Subscription } from "./redis-client.ts";
import { scanKeys } from "./scan-keys.ts";

/** What is used of a client of ioredis. */
interface IoRedis {
	call(name: string, ...args: string[]): Promise<unknown>;
	duplicate(options: typeof PATIENT): IoRedis;
	subscribe(channel: string): Promise<unknown>;
	on(event: string, listener: (...args: string[]) => void): unknown;
	once(event: string, listener: () => void): unknown;
	off(event: string, listener: (...args: string[]) => void): unknown;
	disconnect(): void;
	readonly options: { readonly keyPrefix?: unknown };
	/** The socket, of a client for a single server. */
	readonly stream?: { unref?(): void };
}

interface IoRedisCluster extends IoRedis {
	nodes(role: "master"): readonly IoRedis[];
}

type Hear = (message: string) => void;

/** Nobody waits for the connection that listens: it may take as long as it takes. */
const PATIENT = { enableOfflineQueue: true, maxRetriesPerRequest: null };

/** The four commands by a client of the package `ioredis`. */
export function ioRedisCommands(client: object): RedisCommands {
	const redis = client as IoRedis;
	const servers = () =>
		"nodes" in redis ? (redis as IoRedisCluster).nodes("master") : [redis];
	return {
		send: (_key, command) => call(redis, command),
		async *keys(beginning) {
			// The client puts its prefix before the keys of commands, and leaves it in what SCAN finds.
			const prefix = String(redis.options.keyPrefix ?? "");
			for (const server of servers()) {
				const send = (command: readonly string[]) => call(server, command);
				for await (const key of scanKeys(send, `${prefix}${beginning}`))
					yield key.slice(prefix.length);
			}
		},
		subscribe: (channel, hear) =>
			"nodes" in redis
				? // It has a connection beside the others for this, and moves it when the node fails.
					subscribeWith(redis, channel, hear)
				: subscribeBeside(redis, channel, hear),
	};
}

function call(
	redis: IoRedis,
	[name = "", ...args]: readonly string[],
): Promise<unknown> {
	// Version 5 knows where the keys are by names in small letters only.
	return redis.call(name.toLowerCase(), ...args);
}

async function subscribeWith(
	cluster: IoRedis,
	channel: string,
	hear: Hear,
): Promise<Subscription> {
	const heard = hearerOf(channel, hear);
	await cluster.subscribe(channel);
	cluster.on("message", heard);
	// The channel may be another store's as well, so the cluster goes on to listen to it.
	return { close: async () => void cluster.off("message", heard) };
}

async function subscribeBeside(
	client: IoRedis,
	channel: string,
	hear: Hear,
): Promise<Subscription> {
	const beside = client.duplicate(PATIENT);
	// The program hears of a lost server by its own client; without a listener each failure would be printed.
	beside.on("error", () => {});
	// What is open only to listen keeps no process alive, now and after a reconnection.
	beside.on("connect", () => beside.stream?.unref?.());
	beside.on("message", hearerOf(channel, hear));
	const end = () => {
		client.off("end", end);
		beside.disconnect();
	};
	client.once("end", end);
	try {
		await beside.subscribe(channel);
	} catch (error) {
		end();
		throw error;
	}
	return { close: async () => end() };
}

function hearerOf(channel: string, hear: Hear) {
	return (from?: string, message?: string) => {
		if (from === channel && message !== undefined) hear(message);
	};
}
