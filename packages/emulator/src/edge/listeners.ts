import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A server on both loopback addresses, which can be switched off and on again. */
export interface Listeners {
	readonly port: number;
	/** Closes the listeners and cuts every connection. */
	suspend(): Promise<void>;
	/** Listens again, on the same port. */
	resume(): Promise<void>;
}

/** `localhost` is either of these, as each client chooses. */
const LOOPBACKS = ["127.0.0.1", "::1"] as const;

/** Another program may have a free port's twin on the other address; so many ports are tried before giving up. */
const ATTEMPTS = 10;

/** Listens on a port, 0 for any free one, with one server of `newServer` for each address. */
export async function listenOnLoopback(
	newServer: () => Server,
	wanted: number,
): Promise<Listeners> {
	const servers = LOOPBACKS.map((address) => ({
		address,
		server: newServer(),
	}));
	const open = new Set<Socket>();
	for (const { server } of servers)
		server.on("connection", (socket: Socket) => {
			open.add(socket);
			socket.on("close", () => open.delete(socket));
		});

	const suspend = async () => {
		const closed = servers.map(({ server }) => close(server));
		// Also those still shaking hands, which the server's own list does not have yet.
		for (const socket of open) socket.destroy();
		await Promise.all(closed);
	};
	const listenAt = async (port: number): Promise<number> => {
		let bound = port;
		for (const { server, address } of servers)
			bound = await listen(server, address, bound);
		return bound;
	};
	const port = await firstFree(listenAt, suspend, wanted);
	let isListening = true;
	return {
		port,
		async suspend() {
			isListening = false;
			await suspend();
		},
		async resume() {
			if (isListening) return;
			await listenAt(port);
			isListening = true;
		},
	};
}

async function firstFree(
	listenAt: (port: number) => Promise<number>,
	suspend: () => Promise<void>,
	wanted: number,
): Promise<number> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await listenAt(wanted);
		} catch (error) {
			await suspend();
			const isTaken =
				error instanceof Error &&
				"code" in error &&
				error.code === "EADDRINUSE";
			if (!isTaken || wanted !== 0 || attempt === ATTEMPTS) throw error;
		}
	}
}

/** Listens and tells the port. A machine without IPv6 is served on the other address alone. */
function listen(
	server: Server,
	address: string,
	port: number,
): Promise<number> {
	return new Promise((resolve, reject) => {
		const failed = (error: NodeJS.ErrnoException) => {
			const hasNoAddress =
				address === "::1" &&
				(error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT");
			if (hasNoAddress) resolve(port);
			else reject(error);
		};
		server.once("error", failed);
		server.listen(port, address, () => {
			server.off("error", failed);
			resolve((server.address() as AddressInfo).port);
		});
	});
}

const close = (server: Server) =>
	new Promise<void>((resolve) => {
		// It calls back with an error when it was not listening, which is as good.
		server.close(() => resolve());
	});
