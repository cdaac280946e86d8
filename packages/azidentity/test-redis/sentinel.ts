import { type RedisServer, startRedis, until } from "./redis-server.ts";

/** A master with a replica, and three Sentinels that watch it under the name "main". */
export interface Watched {
	readonly servers: readonly RedisServer[];
	readonly sentinels: readonly RedisServer[];
	/** The port of the master, as the Sentinels say. */
	masterPort(): Promise<number>;
	close(): Promise<void>;
}

export async function startWatched(): Promise<Watched> {
	const master = await startRedis({ config: ["repl-diskless-sync-delay 0"] });
	const replica = await startRedis({
		config: [
			`replicaof 127.0.0.1 ${master.port}`,
			"repl-diskless-sync-delay 0",
		],
	});
	await until("the replica is there", async () =>
		(await replica.cli("ROLE")).includes("connected"),
	);
	const sentinels = await Promise.all(
		[1, 2, 3].map(() =>
			startRedis({
				isSentinel: true,
				config: [
					`sentinel monitor main 127.0.0.1 ${master.port} 2`,
					"sentinel down-after-milliseconds main 1000",
					"sentinel failover-timeout main 5000",
				],
			}),
		),
	);
	const servers = [master, replica];
	await Promise.all(
		sentinels.map((sentinel) =>
			until("the Sentinel knows of all", async () => {
				const info = await sentinel.cli("INFO", "sentinel");
				return (
					info.includes("status=ok") && info.includes("slaves=1,sentinels=3")
				);
			}),
		),
	);
	return {
		servers,
		sentinels,
		async masterPort() {
			const [sentinel] = sentinels as [RedisServer];
			const said = await sentinel.cli(
				"SENTINEL",
				"GET-MASTER-ADDR-BY-NAME",
				"main",
			);
			return Number(said.split("\n")[1]);
		},
		async close() {
			await Promise.all(
				[...sentinels, ...servers].map((server) => server.close()),
			);
		},
	};
}
