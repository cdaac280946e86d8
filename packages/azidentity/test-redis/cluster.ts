import { type RedisServer, startRedis, until } from "./redis-server.ts";

/** Three masters with a replica each, on loopback. */
export interface RedisCluster {
	readonly servers: readonly RedisServer[];
	/** The servers that are masters now. */
	masters(): Promise<RedisServer[]>;
	close(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;

export async function startCluster(): Promise<RedisCluster> {
	const servers = await Promise.all(
		Array.from({ length: 2 * MASTERS }, () =>
			startRedis({
				config: [
					"cluster-enabled yes",
					"cluster-node-timeout 1000",
					// A replica stands in as soon as its master is gone, however long it was without it.
					"cluster-replica-validity-factor 0",
					"repl-diskless-sync-delay 0",
					"repl-ping-replica-period 1",
				],
			}),
		),
	);
	const [first, ...others] = servers as [RedisServer, ...RedisServer[]];
	const masters = servers.slice(0, MASTERS);
	await Promise.all(
		masters.map((master, index) => {
			const start = Math.ceil((SLOTS * index) / MASTERS);
			const end = Math.ceil((SLOTS * (index + 1)) / MASTERS) - 1;
			return master.cli("CLUSTER", "ADDSLOTSRANGE", `${start}`, `${end}`);
		}),
	);
	for (const [index, server] of servers.entries())
		await server.cli("CLUSTER", "SET-CONFIG-EPOCH", `${index + 1}`);
	for (const other of others)
		await first.cli("CLUSTER", "MEET", "127.0.0.1", `${other.port}`);
	const ids = await Promise.all(
		masters.map((master) => master.cli("CLUSTER", "MYID")),
	);
	for (const [index, server] of servers.slice(MASTERS).entries()) {
		const master = ids[index] as string;
		// It may not have heard of its master yet.
		await until("a replica takes its master", async () => {
			const answer = await server.cli("CLUSTER", "REPLICATE", master);
			return answer === "OK";
		});
	}
	await Promise.all(servers.map((server) => isWhole(server, servers.length)));
	return {
		servers,
		async masters() {
			const roles = await Promise.all(
				servers.map((server) => server.cli("ROLE").catch(() => "")),
			);
			return servers.filter((_, index) => roles[index]?.startsWith("master"));
		},
		async close() {
			await Promise.all(servers.map((server) => server.close()));
		},
	};
}

/** A server knows all the others, as what they are, and every slot is served. */
async function isWhole(server: RedisServer, count: number): Promise<void> {
	await until("the Cluster is whole", async () => {
		const info = await server.cli("CLUSTER", "INFO");
		const nodes = await server.cli("CLUSTER", "NODES");
		const lines = nodes.trim().split("\n");
		const role = await server.cli("ROLE");
		return (
			info.includes("cluster_state:ok") &&
			lines.length === count &&
			lines.filter((line) => line.includes("slave")).length === count / 2 &&
			!/fail|handshake/.test(nodes) &&
			(role.startsWith("master")
				? role.includes("127.0.0.1")
				: role.includes("connected"))
		);
	});
}
