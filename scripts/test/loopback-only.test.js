import assert from "node:assert/strict";
import { promises as dns } from "node:dns";
import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import { test } from "vitest";

const REFUSED = { code: "ERR_TEST_LEFT_THE_MACHINE" };

function failureOf(socket) {
	return new Promise((resolve, reject) => {
		socket.on("error", resolve);
		socket.on("connect", () => reject(new Error("it connected")));
	});
}

test("a connection to another machine is refused, however it is opened", async () => {
	const ways = [
		() => net.connect(443, "192.0.2.1"),
		() => net.connect({ host: "example.test", port: 443 }),
		() => net.connect("443", "192.0.2.1"),
		() => tls.connect({ host: "example.test", port: 443 }),
		() => http.get("http://example.test/"),
		() => new net.Socket().connect(443, "192.0.2.1"),
	];
	for (const open of ways)
		assert.equal((await failureOf(open())).code, REFUSED.code);
	await assert.rejects(
		fetch("http://192.0.2.1/"),
		(error) => error.cause.code === REFUSED.code,
	);
});

test("a name of another machine is not looked up", async () => {
	await assert.rejects(dns.lookup("example.test"), REFUSED);
	await assert.rejects(dns.resolve4("example.test"), REFUSED);
});

test("this machine is reached by its names and addresses", async () => {
	const server = http.createServer((_request, response) => response.end("yes"));
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address();
	try {
		for (const host of ["localhost", "127.0.0.1"])
			assert.equal(await (await fetch(`http://${host}:${port}`)).text(), "yes");
		assert.equal((await dns.lookup("localhost")).address.length > 0, true);
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
});
