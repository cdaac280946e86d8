import assert from "node:assert/strict";
import { Agent } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import {
	type AzureHost,
	azureHost,
	environment,
	failureOf,
	imdsHost,
	STORAGE,
	VAULT,
} from "./azure-host.ts";
import { serviceFabric } from "./cluster.ts";

const fabric = serviceFabric();

const OTHER = "0".repeat(40);

/** The error of a call that ends before a request is made. */
async function heldBack(host: AzureHost, options = {}) {
	const error = await failureOf(host.credential(options).getToken(VAULT));
	assert.ok(error instanceof AuthenticationError, error.stack);
	assert.deepEqual(host.seen, []);
	return error;
}

describe("Service Fabric is asked", () => {
	test("over TLS, with the secret that the environment has", async () => {
		const host = await fabric.host();
		await host.credential().getToken(VAULT);
		const [seen] = host.seen;
		assert.equal(seen?.method, "GET");
		assert.equal(seen?.headers.secret, "header");
		assert.deepEqual(seen?.query, {
			"api-version": "2019-07-01-preview",
			resource: "https://vault.azure.net",
		});
	});

	test.each([
		["with colons", (pin: string) => pin],
		["without", (pin: string) => pin.replaceAll(":", "")],
		["in small letters", (pin: string) => pin.toLowerCase()],
		["with blanks", (pin: string) => ` ${pin.replaceAll(":", " ")}\n`],
	])("when its certificate is the one named %s", async (_, spell) => {
		const host = await fabric.host(spell(fabric.thumbprint));
		assert.ok(await host.credential().getToken(VAULT));
	});

	test("each time anew: there is no resumed session that would show no certificate", async () => {
		const host = await fabric.host();
		const credential = host.credential();
		for (const scope of [VAULT, STORAGE, "api://three"])
			await credential.getToken(scope);
		assert.equal(host.seen.length, 3);
		assert.equal(
			new Set(host.seen.map(({ headers }) => headers.connection)).size,
			1,
		);
	});

	test("over no proxy and by nobody's client but our own", async () => {
		const host = await fabric.host();
		environment({ HTTP_PROXY: "http://127.0.0.1:9" });
		const unusable = {
			httpClient: { sendRequest: () => assert.fail("the program's client") },
			proxyOptions: { host: "http://127.0.0.1", port: 9 },
			agent: new Agent(),
			tlsOptions: { ca: "no certificate" },
		};
		assert.ok(await host.credential(unusable).getToken(VAULT));
	});

	test("while other hosts get the agent that the program chose", async () => {
		const host = await imdsHost();
		const agent = new Agent();
		let connections = 0;
		const { createConnection } = agent;
		agent.createConnection = (...args) => {
			connections += 1;
			return Reflect.apply(createConnection, agent, args);
		};
		await host.credential({ agent }).getToken(VAULT);
		assert.equal(connections, 1);
	});
});

describe("Whoever has another certificate gets no byte of a request", () => {
	/** A server that counts what comes after its handshakes. */
	async function counting(maxVersion: "TLSv1.2" | "TLSv1.3") {
		const count = { connections: 0, bytes: 0 };
		const settings = { ...fabric.tls, maxVersion };
		const server = createTlsServer(settings, (socket) => {
			socket.on("error", () => {});
			socket.on("data", (part) => {
				count.bytes += part.length;
				socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
			});
		});
		server.on("connection", () => {
			count.connections += 1;
		});
		await new Promise<void>((resolve) =>
			server.listen(0, "127.0.0.1", resolve),
		);
		const { port } = server.address() as AddressInfo;
		const close = () => new Promise((resolve) => server.close(resolve));
		return { count, close, url: `https://127.0.0.1:${port}` };
	}

	test.each(["TLSv1.2", "TLSv1.3"] as const)(
		"by %s: the handshake is all there is",
		async (version) => {
			const { close, count, url } = await counting(version);
			fabric.announce(url, OTHER);
			const host = await azureHost();
			const error = await heldBack(host);
			assert.equal(error.errorResponse.error, "tls_error");
			assert.match(error.message, /IDENTITY_SERVER_THUMBPRINT/);
			// Another attempt would find the same certificate.
			assert.deepEqual(host.waits, []);
			await close();
			assert.deepEqual(count, { connections: 1, bytes: 0 });
		},
	);

	test("and who has the right one gets them, by either", async () => {
		for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
			const { close, count, url } = await counting(version);
			fabric.announce(url);
			const host = await azureHost();
			const error = await heldBack(host);
			assert.equal(error.statusCode, 400);
			await close();
			assert.ok(count.bytes > 100);
		}
	});

	test("though an authority vouches for it", async () => {
		const host = await fabric.host(OTHER);
		await heldBack(host, { tlsOptions: { ca: fabric.emulator.ca } });
	});

	test("nor is a certificate alone enough when the emulator's own is expected", async () => {
		const host = await fabric.host(fabric.emulator.serviceFabric.thumbprint);
		await heldBack(host);
	});
});

describe("What the environment says must fit", () => {
	test.each([
		"no digits",
		"ab",
		"g".repeat(40),
		"a".repeat(39),
		"a".repeat(64),
	])("a thumbprint like %s is no SHA-1", async (pin) => {
		const error = await heldBack(await fabric.host(pin));
		assert.match(error.message, /IDENTITY_SERVER_THUMBPRINT.*40/);
		assert.equal(error.isOutage, false);
	});

	test("plain HTTP is refused", async () => {
		const host = await azureHost();
		fabric.announce(host.url);
		const error = await heldBack(host);
		assert.match(error.message, /IDENTITY_ENDPOINT must be an https URL/);
	});
});
