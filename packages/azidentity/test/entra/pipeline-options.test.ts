import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type {
	PipelinePolicy,
	PipelineRequest,
} from "@azure/core-rest-pipeline";
import { describe, test } from "vitest";
import {
	type EntraClientOptions,
	entraClient,
} from "../../src/entra/entra-client.ts";
import { GRANTED, ScriptedService, tokenRequest } from "./scripted-service.ts";

/** Keeps what reaches the HTTP client. */
async function requestWith(
	options: EntraClientOptions,
): Promise<PipelineRequest> {
	const service = new ScriptedService({ body: GRANTED });
	let last: PipelineRequest | undefined;
	const { httpClient } = service;
	await service.requestToken(
		{},
		{
			...options,
			httpClient: {
				sendRequest: (request) => {
					last = request;
					return httpClient.sendRequest(request);
				},
			},
		},
	);
	assert.ok(last);
	return last;
}

const PROXY = { host: "http://127.0.0.1", port: 9 };
const TLS = { ca: "a certificate", cert: "mine", key: "my key" };

describe("options of the pipeline", () => {
	test("TLS settings reach the connection", async () => {
		const request = await requestWith({ tlsOptions: TLS });
		assert.deepEqual(request.tlsSettings, TLS);
	});

	test("a proxy reaches the connection", async () => {
		const request = await requestWith({ proxyOptions: PROXY });
		assert.equal(request.agent?.constructor.name, "HttpsProxyAgent");
	});

	test("TLS settings hold behind a proxy, too", async () => {
		const request = await requestWith({ proxyOptions: PROXY, tlsOptions: TLS });
		assert.equal(request.agent?.constructor.name, "HttpsProxyAgent");
		assert.deepEqual(request.requestOverrides, TLS);
	});

	test("policies run once per request, or once per attempt, as they ask", async () => {
		const ran: string[] = [];
		const policy = (name: string): PipelinePolicy => ({
			name,
			sendRequest(request, next) {
				ran.push(name);
				request.headers.set(name, "yes");
				return next(request);
			},
		});
		const service = new ScriptedService({ status: 503 }, { body: GRANTED });
		await service.requestToken(
			{},
			{
				additionalPolicies: [
					{ policy: policy("per-call"), position: "perCall" },
					{ policy: policy("per-retry"), position: "perRetry" },
				],
			},
		);
		assert.deepEqual(ran, ["per-call", "per-retry", "per-retry"]);
		assert.equal(service.seen[1]?.headers["per-call"], "yes");
	});

	test("the caller's objects stay as they were", async () => {
		const tlsOptions = Object.freeze({ ...TLS });
		const retryOptions = Object.freeze({ maxRetries: 1 });
		await requestWith(
			Object.freeze({
				tlsOptions,
				retryOptions,
				proxyOptions: Object.freeze({ ...PROXY }),
			}),
		);
	});
});

test("a request goes through a real proxy, to the authority's own name", async () => {
	const asked: string[] = [];
	const proxy = createServer();
	proxy.on("connect", (request, socket) => {
		asked.push(request.url ?? "");
		socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
	});
	await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
	const { port } = proxy.address() as AddressInfo;
	try {
		const service = new ScriptedService();
		const { httpClient: _, ...options } = service.options({
			proxyOptions: { host: "http://127.0.0.1", port },
		});
		const client = entraClient("C", "id", options);
		await assert.rejects(
			client.requestToken(
				tokenRequest(),
				{ grant_type: "client_credentials" },
				undefined,
			),
			{ name: "AuthenticationError", statusCode: 403 },
		);
		assert.deepEqual(asked, ["login.microsoftonline.com:443"]);
	} finally {
		proxy.close();
	}
});
