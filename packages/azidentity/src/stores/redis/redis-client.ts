import { ioRedisCommands } from "./io-redis-commands.ts";
import { nodeRedisCommands } from "./node-redis-commands.ts";

/**
 * A client of the program's own: of the package `redis` (version 4 and later) or `ioredis` (version 5 and later), for a
 * single server, a Cluster, or a server that Sentinels watch. It stays the program's: to connect, and to close.
 */
export interface RedisClient {
	readonly sendCommand: (...args: never[]) => unknown;
	readonly subscribe: (...args: never[]) => unknown;
}

/** What the store needs of any client. Keys are texts, and so are replies: what is no text comes as the client reads it. */
export interface RedisCommands {
	/** Sends a command to the node that has the key; without a key, to any. Rejects as the client does. */
	send(key: string | undefined, command: readonly string[]): Promise<unknown>;
	/** The keys of all masters that begin so. May name a key twice, and one that is gone. */
	keys(beginning: string): AsyncIterable<string>;
	/** Hears what is published, on a connection beside the program's own. Rejects when that cannot be had now. */
	subscribe(
		channel: string,
		hear: (message: string) => void,
	): Promise<Subscription>;
}

export interface Subscription {
	/** Ends the connection. Never rejects. */
	close(): Promise<void>;
}

/**
 * What the store needs, by the program's client.
 * @throws TypeError when it is no client that is known.
 */
export function commandsOf(client: unknown): RedisCommands {
	if (isObject(client)) {
		if (has(client, "call", "sendCommand", "subscribe", "disconnect"))
			return ioRedisCommands(client);
		if (has(client, "sendCommand", "subscribe", "unsubscribe", "connect"))
			return nodeRedisCommands(client);
	}
	throw new TypeError(
		"redisStore: the client is none that is known. Pass one made by createClient, createCluster or createSentinel of the package redis (version 4 or later), or a Redis or Cluster of the package ioredis (version 5 or later).",
	);
}

function isObject(value: unknown): value is object {
	return typeof value === "object" && value !== null;
}

function has(client: object, ...names: string[]): boolean {
	return names.every(
		(name) => typeof (client as Record<string, unknown>)[name] === "function",
	);
}
