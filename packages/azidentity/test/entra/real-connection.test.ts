import assert from "node:assert/strict";
import {
	createServer,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, test } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import { type HttpAnswer, httpSender } from "../../src/platform/http.ts";
import { failureOf } from "./scripted-service.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		server.close();
	}
});

/** A real server that handles one request after the other as told. */
async function serverOf(...handlers: Handler[]): Promise<string> {
	const server = createServer((request, response) => {
		const handle = handlers.shift();
		assert.ok(handle, "one request too many");
		request.resume().on("end", () => handle(request, response));
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
}

interface Asked {
	readonly waits: number[];
	/** Lets the time limits of all attempts so far pass. */
	readonly expire: () => void;
	readonly answer: Promise<HttpAnswer>;
}

/** One POST by the HTTP stack that users have; only the waits between attempts are over at once. */
function post(url: string, more: { abortSignal?: AbortSignal } = {}): Asked {
	const waits: number[] = [];
	const limits: (() => void)[] = [];
	const send = httpSender(
		"C",
		{ allowInsecureConnection: true },
		{
			random: () => 0.4,
			setTimeout: (callback, milliseconds) => {
				if (milliseconds === 30_000) return limits.push(callback);
				waits.push(milliseconds);
				return setImmediate(callback);
			},
		},
	);
	const answer = send({
		method: "POST",
		url,
		form: { client_secret: "planted" },
		abortSignal: new AbortController().signal,
		...more,
	});
	const expire = () => {
		for (const limit of limits.splice(0)) limit();
	};
	return { waits, expire, answer };
}

const granted: Handler = (_, response) => {
	response.end('{"ok":true}');
};

describe("on a real connection", () => {
	test("a connection that is reset before the answer is tried again", async () => {
		const url = await serverOf((request) => request.socket.destroy(), granted);
		const { answer, waits } = post(url);
		assert.equal((await answer).body, '{"ok":true}');
		assert.deepEqual(waits, [1_000]);
	});

	test("a body that breaks off counts as a broken connection, whether its length was told or not", async () => {
		const breaksOff =
			(headers: Record<string, string>): Handler =>
			(_, response) => {
				response.writeHead(200, headers);
				response.write('{"access_token":"pla');
				setImmediate(() => response.socket?.destroy());
			};
		const url = await serverOf(
			breaksOff({ "content-length": "100" }),
			breaksOff({}),
			granted,
		);
		const { answer, waits } = post(url);
		assert.equal((await answer).body, '{"ok":true}');
		assert.deepEqual(waits, [1_000, 2_000]);
	});

	test("a body that always breaks off ends as a typed error that shows none of it", async () => {
		const breaksOff: Handler = (_, response) => {
			response.writeHead(200, { "content-length": "100" });
			response.write('{"access_token":"planted');
			setImmediate(() => response.socket?.destroy());
		};
		const url = await serverOf(breaksOff, breaksOff, breaksOff, breaksOff);
		const failure = await failureOf(post(url).answer);
		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.errorResponse.error, "network_error");
		assert.equal(failure.isOutage, true);
		assert.match(
			failure.message,
			/^C: no answer from 127\.0\.0\.1:\d+ \(.*aborted, 4 attempts\)/,
		);
		assert.doesNotMatch(failure.message, /planted/);
	});

	test("a compressed body is read", async () => {
		const url = await serverOf((_, response) => {
			response.writeHead(200, { "content-encoding": "gzip" });
			response.end(gzipSync('{"zipped":true}'));
		});
		assert.equal((await post(url).answer).body, '{"zipped":true}');
	});

	test("a redirect is not followed", async () => {
		const url = await serverOf((_, response) => {
			response.writeHead(307, { location: "/elsewhere" }).end();
		});
		assert.equal((await post(url).answer).status, 307);
	});

	test("a port where nobody listens ends as a typed error that names it", async () => {
		const url = await serverOf();
		await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
		const failure = await failureOf(post(url).answer);
		assert.ok(failure instanceof AuthenticationError);
		assert.match(
			failure.message,
			new RegExp(
				`no answer from ${new URL(url).host} \\(ECONNREFUSED, 4 attempts\\)`,
			),
		);
	});

	test("a server that speaks no TLS is a TLS failure, and is asked once", async () => {
		const url = await serverOf();
		const { answer, waits } = post(url.replace("http:", "https:"));
		const failure = await failureOf(answer);
		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.errorResponse.error, "tls_error");
		assert.deepEqual(waits, []);
	});

	test("a body that stays away in spite of headers counts as no answer in time", async () => {
		let sent = (): void => {};
		const headersSent = new Promise<void>((resolve) => {
			sent = resolve;
		});
		const url = await serverOf((_, response) => {
			response.writeHead(200);
			response.write("{", sent);
		}, granted);
		const { answer, expire, waits } = post(url);
		await headersSent;
		expire();
		assert.equal((await answer).body, '{"ok":true}');
		assert.deepEqual(waits, [1_000]);
	});

	test("a caller who leaves closes the connection", async () => {
		const controller = new AbortController();
		let closed = (): void => {};
		const isClosed = new Promise<void>((resolve) => {
			closed = resolve;
		});
		const url = await serverOf((request) => {
			request.socket.on("close", closed);
			controller.abort();
		});
		const failure = await failureOf(
			post(url, { abortSignal: controller.signal }).answer,
		);
		assert.equal(failure.name, "AbortError");
		await isClosed;
	});

	test("plain HTTP is refused unless it was allowed", async () => {
		const url = await serverOf();
		const send = httpSender("C", {});
		const failure = await failureOf(
			send({ method: "GET", url, abortSignal: new AbortController().signal }),
		);
		assert.ok(failure instanceof AuthenticationError);
		assert.match(String(failure.cause), /allowInsecureConnection/);
	});
});
