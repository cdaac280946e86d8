import assert from "node:assert/strict";
import { connect } from "node:tls";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import { ask, askToken, startedEmulator } from "./authority-client.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

/** Sends bytes as they are and resolves to the first line of the answer. */
const sendRaw = (text: string) =>
	new Promise<string>((resolve, reject) => {
		const port = Number(new URL(emulator.authorityHost).port);
		const socket = connect({
			port,
			host: "127.0.0.1",
			ca: emulator.ca,
			servername: "localhost",
		});
		let received = "";
		socket.on("data", (part) => {
			received += part;
			if (received.includes("\r\n")) socket.destroy();
		});
		socket.on("close", () => resolve(received.split("\r\n")[0] ?? ""));
		socket.on("error", reject);
		socket.write(text);
	});

describe("whatever is sent, the emulator answers and lives", () => {
	test.each([
		"/%zz/oauth2/v2.0/token",
		"/common/userrealm/%E0%A4%A",
		"//evil.example/contoso.test/v2.0/.well-known/openid-configuration",
		"/contoso.test/",
		"/contoso.test/no/such/thing",
		"/",
		"/__emulator/",
		"/contoso.test/login/nothing",
		"/contoso.test/oauth2/deviceauth?user_code=%00",
	])("%s", async (path) => {
		const line = await sendRaw(
			`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
		);

		assert.match(line, /^HTTP\/1\.1 [234]\d\d /);
	});

	test("an address that is none", async () => {
		const line = await sendRaw(
			"GET http://[ HTTP/1.1\r\nhost: localhost\r\n\r\n",
		);

		assert.match(line, /^HTTP\/1\.1 4\d\d /);
	});

	test("a request id that would break out of its header", async () => {
		const { status, json, headers } = await askToken(emulator, "contoso.test", {
			"client-request-id": "a\r\nset-cookie: evil=1",
		});

		assert.equal(status, 400);
		assert.equal(headers["set-cookie"], undefined);
		assert.match(json.correlation_id, /^[0-9a-f-]{36}$/);
	});

	test("a body that never seems to end", async () => {
		const { status, json } = await ask(
			emulator,
			"/contoso.test/oauth2/v2.0/token",
			{ form: { filler: "x".repeat(300_000) } },
		);

		assert.equal(status, 413);
		assert.equal(json.error, "invalid_request");
	});

	test("names of members that every object has", async () => {
		for (const name of ["__proto__", "constructor", "toString"]) {
			const { status } = await askToken(emulator, name, {
				grant_type: name,
				client_id: name,
				scope: `${name}/.default`,
				[name]: name,
			});
			assert.equal(status, 400);
		}
	});

	test("headers of a proof that are no proof", async () => {
		for (const authorization of [
			"Basic",
			"Basic %",
			"Basic !!!",
			"Bearer x",
			"Basic JTo=",
		]) {
			const { status } = await ask(
				emulator,
				"/contoso.test/oauth2/v2.0/token",
				{
					form: { grant_type: "client_credentials" },
					headers: { authorization },
				},
			);
			assert.ok(
				status === 400 || status === 401,
				`${authorization}: ${status}`,
			);
		}
	});

	test("a caller who hangs up in the middle of a body", async () => {
		const port = Number(new URL(emulator.authorityHost).port);
		await new Promise<void>((resolve) => {
			const socket = connect(
				{ port, host: "127.0.0.1", ca: emulator.ca, servername: "localhost" },
				() => {
					socket.write(
						"POST /contoso.test/oauth2/v2.0/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\ngrant_type=",
						() => socket.destroy(),
					);
				},
			);
			socket.on("close", () => resolve());
		});

		const { status } = await ask(emulator, "/contoso.test/discovery/v2.0/keys");
		assert.equal(status, 200);
	});
});
