import type { RedisCommands, Subscription } from "./redis-client.ts";
import { type SendToServer, scanKeys } from "./scan-keys.ts";

/** What is used of a client of node-redis; a Cluster and a Sentinel take other arguments first. */
interface NodeRedis {
	sendCommand(...args: unknown[]): Promise<unknown>;
	duplicate(): NodeRedis;
	connect(): Promise<unknown>;
	subscribe(channel: string, hear: Hear): Promise<unknown>;
	unsubscribe(channel: string, hear: Hear): Promise<unknown>;
	on(event: string, listener: () => void): unknown;
	once(event: string, listener: () => void): unknown;
	off(event: string, listener: () => void): unknown;
	unref?(): void;
	/** `destroy` since version 5. */
	destroy?(): unknown;
	disconnect?(): unknown;
}

interface NodeRedisCluster extends NodeRedis {
	readonly masters: readonly unknown[];
	nodeClient(node: unknown): NodeRedis | Promise<NodeRedis>;
}

type Hear = (message: string) => void;

/** The four commands by a client of the package `redis`. */
export function nodeRedisCommands(client: object): RedisCommands {
	if ("nodeClient" in client) return ofCluster(client as NodeRedisCluster);
	// Of all its clients, only that of a Sentinel lends out connections.
	if ("acquire" in client) return ofSentinel(client as object as NodeRedis);
	const redis = client as NodeRedis;
	const send: SendToServer = (command) => redis.sendCommand([...command]);
	return {
		send: (_key, command) => send(command),
		keys: (beginning) => scanKeys(send, beginning),
		subscribe: (channel, hear) => subscribeBeside(redis, channel, hear),
	};
}

function ofCluster(cluster: NodeRedisCluster): RedisCommands {
	return {
		send: (key, command) => cluster.sendCommand(key, false, [...command]),
		async *keys(beginning) {
			for (const master of cluster.masters) {
				const node = await cluster.nodeClient(master);
				yield* scanKeys((command) => node.sendCommand([...command]), beginning);
			}
		},
		// It has a connection beside the others for this, and moves it when the node fails.
		subscribe: (channel, hear) => subscribeWith(cluster, channel, hear),
	};
}

function ofSentinel(sentinel: NodeRedis): RedisCommands {
	const send: SendToServer = (command) =>
		sentinel.sendCommand(false, [...command]);
	return {
		send: (_key, command) => send(command),
		keys: (beginning) => scanKeys(send, beginning),
		// As a Cluster does.
		subscribe: (channel, hear) => subscribeWith(sentinel, channel, hear),
	};
}

async function subscribeWith(
	client: NodeRedis,
	channel: string,
	hear: Hear,
): Promise<Subscription> {
	await client.subscribe(channel, hear);
	return {
		async close() {
			await client.unsubscribe(channel, hear).catch(() => {});
		},
	};
}

async function subscribeBeside(
	client: NodeRedis,
	channel: string,
	hear: Hear,
): Promise<Subscription> {
	const beside = client.duplicate();
	// The program hears of a lost server by its own client; without a listener it would end the process.
	beside.on("error", () => {});
	// What is open only to listen keeps no process alive, now and after a reconnection.
	beside.on("connect", () => beside.unref?.());
	const end = () => {
		client.off("end", end);
		try {
			const ended = beside.destroy ? beside.destroy() : beside.disconnect?.();
			Promise.resolve(ended).catch(() => {});
		} catch {} // it was closed already
	};
	client.once("end", end);
	try {
		await beside.connect();
		await beside.subscribe(channel, hear);
	} catch (error) {
		end();
		throw error;
	}
	return { close: async () => end() };
}
