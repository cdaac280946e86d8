import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import {
	type AddressInfo,
	connect,
	createServer,
	type Server,
	type Socket,
} from "node:net";
import { afterEach, test } from "vitest";
import { connectProxy } from "../src/connect-proxy.ts";
import { proxyRoutes } from "../src/proxy-routes.ts";

const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

async function listening(server: Server): Promise<number> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	closers.push(() => server.close());
	return (server.address() as AddressInfo).port;
}

/** A server that answers each line with itself, and a proxy before it. */
async function proxied(elsewhere: "refuse" | "tunnel") {
	const port = await listening(
		createServer((socket) => {
			socket.on("error", () => {});
			socket.pipe(socket);
		}),
	);
	const routes = proxyRoutes();
	const proxy = connectProxy({
		port: () => port,
		routes,
		elsewhere,
	});
	const proxyPort = await listening(proxy);
	const ask = async (authority: string, first = "") => {
		const socket = connect(proxyPort, "127.0.0.1");
		closers.push(() => socket.destroy());
		socket.write(
			`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n${first}`,
		);
		const head = await text(socket);
		return { socket, status: Number(head.split(" ")[1]), head };
	};
	return { ask, port, proxy, proxyPort, routes };
}

async function text(socket: Socket): Promise<string> {
	const [part] = await once(socket, "data");
	return String(part);
}

test.each([
	"login.microsoftonline.com:443",
	"LOGIN.microsoftonline.com:443",
	"login.windows.net:443",
	"login.microsoft.com:443",
	"sts.windows.net:443",
	"westeurope.login.microsoft.com:443",
	"management.azure.com:443",
])("%s is the emulator", async (authority) => {
	const { ask } = await proxied("refuse");
	const { socket, status } = await ask(authority);
	assert.equal(status, 200);
	socket.write("hello");
	assert.equal(await text(socket), "hello");
});

test("a host that another server stands in for is led there, and so is every host of a domain", async () => {
	const { ask, port, routes } = await proxied("refuse");
	routes.add("contoso.vault.azure.net", port);
	routes.add("*.blob.core.windows.net", port);
	for (const authority of [
		"contoso.vault.azure.net:443",
		"Contoso.BLOB.core.windows.net:443",
	]) {
		const { socket, status } = await ask(authority);
		assert.equal(status, 200);
		socket.write("hello");
		assert.equal(await text(socket), "hello");
	}
	for (const authority of [
		"fabrikam.vault.azure.net:443",
		"blob.core.windows.net:443",
		"a.b.blob.core.windows.net:443",
		"contoso.blob.core.windows.net:80",
	])
		assert.equal((await ask(authority)).status, 403);
});

test("nobody stands in for Entra ID", async () => {
	const { ask, routes } = await proxied("refuse");
	routes.add("login.microsoftonline.com", 1);
	assert.equal((await ask("login.microsoftonline.com:443")).status, 200);
});

test.each([
	["", 1],
	["*", 1],
	["*.net", 0],
	["host", 1],
	["https://a.example", 1],
	["a.example", 65_536],
	["a.example", 1.5],
])("a route from %j to port %d is refused", (host, port) => {
	assert.throws(() => proxyRoutes().add(host, port), TypeError);
});

test.each([
	"login.microsoftonline.com:80",
	"login.microsoftonline.com.example.com:443",
	"vault.azure.net:443",
	"127.0.0.1:1",
	"[::1]:443",
	"nonsense",
	"",
])('"%s" is refused, with a sentence', async (authority) => {
	const { ask } = await proxied("refuse");
	const { status, socket, head } = await ask(authority);
	// An authority that is no authority does not get past the HTTP parser.
	assert.ok(status === 403 || (authority === "" && status === 400), head);
	if (socket.readyState !== "closed") await once(socket, "close");
});

test("other hosts are reached when the proxy was told to tunnel", async () => {
	const { ask, port } = await proxied("tunnel");
	const { socket, status } = await ask(`127.0.0.1:${port}`, "early bytes");
	assert.equal(status, 200);
	assert.equal(await text(socket), "early bytes");
});

test("a host that cannot be reached ends the connection, and the proxy goes on", async () => {
	const { ask, port } = await proxied("tunnel");
	const { status, socket } = await ask("127.0.0.1:1");
	assert.equal(status, 502);
	if (socket.readyState !== "closed") await once(socket, "close");
	assert.equal((await ask(`127.0.0.1:${port}`)).status, 200);
});

test("a plain request is told that only CONNECT is served", async () => {
	const { proxyPort } = await proxied("tunnel");
	const asking = request({
		port: proxyPort,
		path: "http://example.com/",
	}).end();
	const [response] = await once(asking, "response");
	response.resume();
	assert.equal(response.statusCode, 405);
});

test("all that was sent arrives before an end is passed on", async () => {
	const large = "x".repeat(4_000_000);
	const talker = await listening(createServer((socket) => socket.end(large)));
	const proxy = connectProxy({
		port: () => talker,
		routes: proxyRoutes(),
		elsewhere: "refuse",
	});
	const socket = connect(await listening(proxy), "127.0.0.1");
	socket.write("CONNECT sts.windows.net:443 HTTP/1.1\r\n\r\n");
	let got = "";
	for await (const part of socket) got += part;
	assert.equal(got.length - got.indexOf("x"), large.length);
});

test("closing the proxy ends its tunnels", async () => {
	const { ask, proxy } = await proxied("refuse");
	const { socket } = await ask("login.microsoftonline.com:443");
	const closed = once(socket, "close");
	proxy.close();
	await closed;
});
