import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { connect, createServer } from "node:net";
import { afterEach } from "vitest";
import {
	type Answer,
	type Loopback,
	type LoopbackOptions,
	openLoopback,
} from "../../src/platform/loopback.ts";

export const STATE = "the-state-that-only-the-service-and-we-know";
export const FORM = "application/x-www-form-urlencoded";

/** A timer that was asked for; it runs out when a test says so. */
export interface Timer {
	readonly milliseconds: number;
	readonly expire: () => void;
}

export interface Door extends Loopback {
	readonly port: number;
	readonly timers: Timer[];
	readonly leave: () => void;
}

/** Doors that end with the test that opened them. */
export function doors() {
	const open: Loopback[] = [];
	afterEach(async () => {
		for (const door of open.splice(0)) await door.close();
	});
	return async (more: Partial<LoopbackOptions> = {}): Promise<Door> => {
		const timers: Timer[] = [];
		const controller = new AbortController();
		const loopback = await openLoopback({
			credentialName: "TestCredential",
			address: { port: undefined, path: "" },
			responseMode: "form_post",
			state: STATE,
			timeout: 300_000,
			setTimeout: (expire, milliseconds) =>
				timers.push({ milliseconds, expire }),
			abortSignal: controller.signal,
			...more,
		});
		open.push(loopback);
		const port = Number(new URL(loopback.redirectUri).port);
		return { ...loopback, port, timers, leave: () => controller.abort() };
	};
}

/** What a browser sends, unless told otherwise: the form of the service. */
export interface Sent {
	method?: string;
	path?: string;
	/** The address it connects to. */
	address?: string;
	headers?: Record<string, string>;
	form?: Record<string, string> | [string, string][];
	body?: string | Buffer;
}

export interface Received {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly text: string;
}

/** Sends one request through the door. */
export function send(port: number, sent: Sent = {}): Promise<Received> {
	const { address = "127.0.0.1", method = "POST", path = "/" } = sent;
	const form = new URLSearchParams(sent.form ?? { code: "c", state: STATE });
	const body = sent.body ?? (method === "POST" ? form.toString() : "");
	const headers = {
		host: `localhost:${port}`,
		...(method === "POST" && { "content-type": FORM }),
		"content-length": String(Buffer.byteLength(body)),
		...sent.headers,
	};
	return new Promise((resolve, reject) => {
		const outgoing = httpRequest(
			{ host: address, port, method, path, headers, agent: false },
			(incoming) => {
				let text = "";
				incoming.setEncoding("utf8");
				incoming.on("data", (chunk: string) => {
					text += chunk;
				});
				incoming.on("error", reject);
				incoming.on("end", () =>
					resolve({
						status: incoming.statusCode ?? 0,
						headers: incoming.headers,
						text,
					}),
				);
			},
		);
		outgoing.on("error", reject);
		outgoing.end(body);
	});
}

/** Writes bytes as they are, and resolves to all that comes back until the connection ends. */
export function sendBytes(port: number, text: string): Promise<string> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1", () => socket.write(text));
		let answer = "";
		socket.setEncoding("utf8");
		socket.on("data", (chunk: string) => {
			answer += chunk;
		});
		socket.on("error", () => {}); // a cut connection is an answer too
		socket.on("close", () => resolve(answer));
	});
}

/** The head of a form as a browser sends it, for {@link sendBytes}; with how long the body will be, or how else it comes. */
export function formHead(port: number, length: number | string): string {
	const how = typeof length === "number" ? `Content-Length: ${length}` : length;
	return `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: ${FORM}\r\n${how}\r\n\r\n`;
}

/** Whether anybody listens there. */
export function isListening(port: number, address: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, address);
		socket.on("connect", () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}

/** Whether this machine has IPv6 at all. */
export async function hasIpv6(): Promise<boolean> {
	const { networkInterfaces } = await import("node:os");
	return Object.values(networkInterfaces())
		.flat()
		.some((each) => each?.address === "::1");
}

/** The browser brings the right answer, and the page that is shown for it. */
export async function comeBack(
	door: Door,
	sent: Sent = {},
): Promise<{ answer: Answer; received: Received }> {
	const receiving = send(door.port, sent);
	const answer = await door.answer;
	await answer.show("<!doctype html><title>Shown</title>");
	return { answer, received: await receiving };
}

/** That the request is turned away like this, and that the right one is still waited for. */
export async function assertTurnedAway(
	door: Door,
	sent: Sent,
	status: number,
): Promise<Received> {
	const received = await send(door.port, sent);
	assert.equal(received.status, status, received.text);
	return received;
}

/** A port that another program listens on, until it is released. */
export async function occupied(address: string) {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, address, resolve));
	const { port } = server.address() as { port: number };
	const release = () => new Promise((resolve) => server.close(resolve));
	return { port, release };
}

/** A port that was free just now. */
export async function freed() {
	const { port, release } = await occupied("127.0.0.1");
	await release();
	return { port };
}
