import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { isRegionalHost } from "./dialect/discovery.ts";
import type { ProxyRoutes } from "./proxy-routes.ts";

export interface ConnectProxyParts {
	/** The port of the emulator's authority; asked for each connection, for it may move. */
	port(): number;
	/** Hosts that other servers of this machine stand in for. */
	readonly routes: ProxyRoutes;
	/** What to do with every other host: `refuse` makes the proxy a guard against reaching the real service. */
	elsewhere: "refuse" | "tunnel";
}

/** The names under which clients know Entra ID, besides those of its regions, and the management API that the Azure CLI asks for its subscriptions. */
export const EMULATED_HOSTS: ReadonlySet<string> = new Set([
	"login.microsoftonline.com",
	"login.windows.net",
	"login.microsoft.com",
	"sts.windows.net",
	"management.azure.com",
]);

const BAD_GATEWAY = "HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n";

/**
 * An HTTP proxy for `HTTPS_PROXY`: connections to Entra ID's real names end at the emulator, so a program needs no
 * option to use it, and trusts it by its certificate authority alone. The server is not listening yet; bind it to loopback.
 */
export function connectProxy(parts: ConnectProxyParts): Server {
	// Tunnels leave the server's own list of connections when they are upgraded; they must not outlive it.
	const open = new Set<Socket>();
	const server = createServer((_request, response) => {
		response.writeHead(405, { allow: "CONNECT", "content-type": "text/plain" });
		response.end("This proxy serves HTTPS (CONNECT) only.\n");
	});
	server.on("connect", (request: IncomingMessage, client: Socket, head) => {
		const target = tunnelTarget(request.url ?? "", parts);
		if (target === undefined) return refuse(client, request.url ?? "");
		let isConnected = false;
		const remote = connect(target, () => {
			isConnected = true;
			client.write("HTTP/1.1 200 Connection established\r\n\r\n");
			remote.write(head);
			remote.pipe(client).pipe(remote);
		});
		remote.on("error", () => {
			if (!isConnected) client.end(BAD_GATEWAY);
		});
		join(client, remote, open);
		join(remote, client, open);
	});
	const { close } = server;
	server.close = (closed) => {
		for (const end of open) end.destroy();
		return Reflect.apply(close, server, [closed]);
	};
	return server;
}

/** Lets neither end outlive the other, but lets it have the bytes that are still on their way. */
function join(end: Socket, other: Socket, open: Set<Socket>): void {
	open.add(end);
	end.on("error", () => end.destroy());
	end.on("close", () => {
		open.delete(end);
		other.destroySoon();
	});
}

/** Where a request for `host:port` goes; `undefined` when it goes nowhere. */
function tunnelTarget(
	authority: string,
	{ port, routes, elsewhere }: ConnectProxyParts,
) {
	const [, host, asked] = /^\[?([^\]/]+?)\]?:(\d+)$/.exec(authority) ?? [];
	if (host === undefined) return undefined;
	const isEmulated =
		EMULATED_HOSTS.has(host.toLowerCase()) || isRegionalHost(host);
	const local = isEmulated ? port() : routes.portFor(host);
	if (asked === "443" && local !== undefined)
		return { host: "127.0.0.1", port: local };
	return elsewhere === "tunnel" ? { host, port: Number(asked) } : undefined;
}

function refuse(client: Socket, authority: string): void {
	client.on("error", () => {});
	client.end(
		`HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nThe emulator's proxy does not lead to ${authority.replace(/[^\w.:[\]-]/g, "")}. Start it with "elsewhere: tunnel" if it should.\n`,
	);
}
