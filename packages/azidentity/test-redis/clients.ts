import type { RedisClient } from "azidentity/redis";
import { Redis as IoRedis6, Cluster as IoRedisCluster6 } from "ioredis";
import { Redis as IoRedis5, Cluster as IoRedisCluster5 } from "ioredis-5";
import * as redis6 from "redis";
import * as redis4 from "redis-4";
import * as redis5 from "redis-5";

/** A client that is connected, as a program has it. */
export interface Connected {
	readonly client: RedisClient;
	close(): Promise<unknown>;
}

export interface Address {
	readonly port: number;
	readonly username?: string;
	readonly password?: string;
	readonly ca?: Buffer;
}

const HOST = "127.0.0.1";
const ignore = () => {};

type Connect = (address: Address) => Promise<Connected>;

/** One server, by each client that people have. */
export const SINGLE = {
	"redis 6": (address) => nodeRedis(redis6.createClient(options(address))),
	"redis 5": (address) => nodeRedis(redis5.createClient(options(address))),
	"redis 4": (address) => nodeRedis(redis4.createClient(options(address))),
	"ioredis 6": (address) => ioRedis(new IoRedis6(ioOptions(address))),
	"ioredis 5": (address) => ioRedis(new IoRedis5(ioOptions(address))),
} satisfies Record<string, Connect>;

/** A Cluster, by what is known of one of its servers. */
export const CLUSTER = {
	"redis 6": ({ port }) =>
		nodeRedis(redis6.createCluster({ rootNodes: [{ url: urlOf(port) }] })),
	"redis 5": ({ port }) =>
		nodeRedis(redis5.createCluster({ rootNodes: [{ url: urlOf(port) }] })),
	"redis 4": ({ port }) =>
		nodeRedis(redis4.createCluster({ rootNodes: [{ url: urlOf(port) }] })),
	"ioredis 6": ({ port }) =>
		ioRedis(new IoRedisCluster6([{ host: HOST, port }])),
	"ioredis 5": ({ port }) =>
		ioRedis(new IoRedisCluster5([{ host: HOST, port }])),
} satisfies Record<string, Connect>;

/** A server that Sentinels watch, by one of those. */
export const SENTINEL = {
	"redis 6": ({ port }) =>
		nodeRedis(
			redis6.createSentinel({
				name: "main",
				sentinelRootNodes: [{ host: HOST, port }],
			}),
		),
	"redis 5": ({ port }) =>
		nodeRedis(
			redis5.createSentinel({
				name: "main",
				sentinelRootNodes: [{ host: HOST, port }],
			}),
		),
	"ioredis 6": ({ port }) =>
		ioRedis(new IoRedis6({ name: "main", sentinels: [{ host: HOST, port }] })),
	"ioredis 5": ({ port }) =>
		ioRedis(new IoRedis5({ name: "main", sentinels: [{ host: HOST, port }] })),
} satisfies Record<string, Connect>;

const urlOf = (port: number) => `redis://${HOST}:${port}`;

function options({ port, username, password, ca }: Address) {
	const credentials = {
		...(username !== undefined && { username }),
		...(password !== undefined && { password }),
	};
	const socket = ca
		? { host: HOST, port, tls: true as const, ca }
		: { host: HOST, port };
	return { socket, ...credentials };
}

function ioOptions({ port, username, password, ca }: Address) {
	return {
		host: HOST,
		port,
		...(username !== undefined && { username }),
		...(password !== undefined && { password }),
		...(ca && { tls: { ca } }),
	};
}

interface NodeRedis extends RedisClient {
	connect(): Promise<unknown>;
	on(event: "error", listener: () => void): unknown;
	destroy?(): unknown;
	disconnect?(): unknown;
}

async function nodeRedis(client: NodeRedis): Promise<Connected> {
	client.on("error", ignore);
	await client.connect();
	return {
		client,
		async close() {
			await (client.destroy ? client.destroy() : client.disconnect?.());
		},
	};
}

interface IoRedis extends RedisClient {
	readonly status: string;
	on(event: "error", listener: () => void): unknown;
	once(event: "ready", listener: () => void): unknown;
	disconnect(): void;
}

async function ioRedis(client: IoRedis): Promise<Connected> {
	client.on("error", ignore);
	if (client.status !== "ready")
		await new Promise<void>((ready) => client.once("ready", ready));
	return { client, close: async () => client.disconnect() };
}
