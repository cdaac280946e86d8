import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import {
	environment,
	failureOf,
	imdsHost,
	managedIdentityTests,
	VAULT,
} from "./azure-host.ts";

managedIdentityTests();

/** A proxy that remembers what it was asked for, and answers with a token of its own. */
async function proxy() {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		asked.push(request.url ?? "");
		response.end('{"access_token":"the proxy\'s","expires_in":3600}');
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	return {
		asked,
		port,
		url: `http://127.0.0.1:${port}`,
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}

describe("The endpoints of a host are the machine's own", () => {
	test("so no proxy of the environment is between, unless the program names one", async () => {
		const between = await proxy();
		try {
			const host = await imdsHost();
			environment({ HTTP_PROXY: between.url, NO_PROXY: "" });
			const direct = await host.credential().getToken(VAULT);
			assert.equal(direct.token, "token-1");
			assert.deepEqual(between.asked, []);
			const proxyOptions = { host: "http://127.0.0.1", port: between.port };
			const through = host.credential({ proxyOptions });
			assert.equal((await through.getToken(VAULT)).token, "the proxy's");
			assert.equal(between.asked.length, 1);
		} finally {
			between.close();
		}
	});

	test.each([301, 302, 303, 307, 308])(
		"so a redirect with status %i is not followed",
		async (status) => {
			const host = await imdsHost();
			host.answers({ status, headers: { location: `${host.url}/elsewhere` } });
			const redirectOptions = {
				maxRetries: 5,
				allowCrossOriginRedirects: true,
			};
			const credential = host.credential({ redirectOptions });
			const error = await failureOf(credential.getToken(VAULT));
			assert.ok(error instanceof AuthenticationError);
			assert.equal(error.errorResponse.error, "unexpected_redirect");
			assert.equal(host.seen.length, 1);
		},
	);
});

describe("No more than a mebibyte of an answer is read", () => {
	test("a token may be long", async () => {
		const host = await imdsHost();
		const access_token = "t".repeat(1_000_000);
		host.answers(host.token({ access_token }));
		const { token } = await host.credential().getToken(VAULT);
		assert.equal(token.length, 1_000_000);
	});

	test("an answer without end is cut off, and not asked for again", async () => {
		const host = await imdsHost();
		let sent = 0;
		const isClosed = new Promise<void>((resolve) => {
			host.answers((response) => {
				const part = "x".repeat(65_536);
				const more = () => {
					while (!response.destroyed && response.write(part))
						sent += part.length;
				};
				response.on("drain", more);
				response.on("close", resolve);
				more();
			});
		});
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.match(error.message, /larger than 1 MiB/);
		await isClosed;
		assert.ok(sent < 64 * 1_048_576, `${sent}`);
		assert.equal(host.seen.length, 1);
	});

	test("a client of the program's own that reads it all is held to it, too", async () => {
		const host = await imdsHost();
		const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
		const httpClient: HttpClient = {
			sendRequest: async (request) => ({
				request,
				status: 200,
				headers: createHttpHeaders(),
				bodyAsText: "x".repeat(1_048_577),
			}),
		};
		const error = await failureOf(
			host.credential({ httpClient }).getToken(VAULT),
		);
		assert.match(error.message, /larger than 1 MiB/);
	});
});
