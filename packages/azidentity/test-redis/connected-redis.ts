import { afterAll, beforeAll } from "vitest";
import type { Connected } from "./clients.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";

/** A server for the tests of one group, and a client of it. */
export function connectedRedis(
	connect: (server: RedisServer) => Promise<Connected>,
) {
	let server: RedisServer;
	let connected: Connected;
	beforeAll(async () => {
		server = await startRedis();
		connected = await connect(server);
	});
	afterAll(async () => {
		await connected.close();
		await server.close();
	});
	return {
		get server() {
			return server;
		},
		get client() {
			return connected.client;
		},
	};
}
