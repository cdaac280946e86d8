import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
	assertTurnedAway,
	comeBack,
	doors,
	FORM,
	formHead,
	hasIpv6,
	STATE,
	send,
	sendBytes,
} from "./door.ts";

const open = doors();

describe("what is let in", () => {
	test("the form with the state, and all its parameters", async () => {
		const door = await open();

		const { answer, received } = await comeBack(door, {
			form: { code: "the code +/=&é", state: STATE, session_state: "s" },
		});

		assert.match(door.redirectUri, /^http:\/\/localhost:\d+$/);
		assert.equal(answer.parameters.get("code"), "the code +/=&é");
		assert.equal(answer.parameters.get("session_state"), "s");
		assert.equal(received.status, 200);
		assert.match(received.text, /Shown/);
	});

	test("by each of this machine's own addresses and names", async (context) => {
		if (!(await hasIpv6())) return context.skip("needs IPv6 on loopback");
		for (const [address, host] of [
			["127.0.0.1", "localhost"],
			["::1", "localhost"],
			["127.0.0.1", "127.0.0.1"],
			["::1", "[::1]"],
			["::1", "LOCALHOST"],
		] as const) {
			const door = await open();
			const headers = { host: `${host}:${door.port}` };
			const { answer } = await comeBack(door, { address, headers });
			assert.equal(answer.parameters.get("code"), "c");
		}
	});

	test("a form that says its charset, as browsers may", async () => {
		const door = await open();
		const headers = { "content-type": `${FORM}; charset=UTF-8` };
		const { answer } = await comeBack(door, { headers });
		assert.equal(answer.parameters.get("code"), "c");
	});

	test("an error with the state: it is for the caller to judge", async () => {
		const door = await open();
		const form = { error: "access_denied", state: STATE };
		const { answer } = await comeBack(door, { form });
		assert.equal(answer.parameters.get("error"), "access_denied");
	});

	test("at the path of the redirect URI, which is then the only one", async () => {
		const door = await open({ address: { port: undefined, path: "/in/here" } });

		assert.match(door.redirectUri, /^http:\/\/localhost:\d+\/in\/here$/);
		await assertTurnedAway(door, { path: "/" }, 404);
		await assertTurnedAway(door, { path: "/in/here/" }, 404);
		await comeBack(door, { path: "/in/here" });
	});

	test("by GET, and then by nothing else, when the answer was wanted in the address", async () => {
		const door = await open({ responseMode: "query" });
		const path = `/?code=c&state=${STATE}`;

		const refused = await assertTurnedAway(door, {}, 405);
		assert.equal(refused.headers.allow, "GET");
		await assertTurnedAway(door, { method: "HEAD", path }, 405);
		await assertTurnedAway(door, { method: "GET", path: "/?code=c" }, 400);
		const { answer } = await comeBack(door, { method: "GET", path });
		assert.equal(answer.parameters.get("code"), "c");
	});

	test("a body of 64 KiB, with the cookies of everything else on localhost", async () => {
		const door = await open();
		const body = `code=c&state=${STATE}&pad=`.padEnd(64 * 1_024, "x");
		const headers = { cookie: `a=${"x".repeat(40_000)}` };

		const { answer } = await comeBack(door, { body, headers });

		assert.equal(answer.parameters.get("code"), "c");
	});

	test("only the first of two right answers", async () => {
		const door = await open();
		const first = send(door.port);
		const answer = await door.answer;

		await assertTurnedAway(door, {}, 400);

		await answer.show("<title>Shown</title>");
		assert.equal((await first).status, 200);
	});
});

describe("what is turned away while the wait goes on", () => {
	const OTHER_STATE = STATE.replace("the", "tha");
	const cases: Record<string, [sent: object, status: number]> = {
		"a wrong state": [{ form: { code: "evil", state: OTHER_STATE } }, 400],
		"a state that is cut short": [
			{ form: { code: "evil", state: STATE.slice(0, -1) } },
			400,
		],
		"a state that goes on": [
			{ form: { code: "evil", state: `${STATE}x` } },
			400,
		],
		"an empty state": [{ form: { code: "evil", state: "" } }, 400],
		"no state": [{ form: { code: "evil" } }, 400],
		"two states": [
			{
				form: [
					["code", "evil"],
					["state", STATE],
					["state", STATE],
				],
			},
			400,
		],
		"an error with a wrong state": [
			{ form: { error: "access_denied", state: OTHER_STATE } },
			400,
		],
		"no body": [{ body: "" }, 400],
		"the state in the address of a form": [
			{ path: `/?code=evil&state=${STATE}`, form: { code: "evil" } },
			400,
		],
		"a visit": [{ method: "GET" }, 405],
		"the answer by GET": [
			{ method: "GET", path: `/?code=evil&state=${STATE}` },
			405,
		],
		PUT: [{ method: "PUT" }, 405],
		DELETE: [{ method: "DELETE" }, 405],
		HEAD: [{ method: "HEAD" }, 405],
		"a preflight of another site's script": [
			{
				method: "OPTIONS",
				headers: {
					origin: "https://evil.example",
					"access-control-request-method": "POST",
					"access-control-request-private-network": "true",
				},
			},
			405,
		],
		"another path": [{ path: "/other" }, 404],
		"a path with dots": [{ path: "/./" }, 404],
		"a path of two slashes": [{ path: "//" }, 404],
		"the address of another site": [{ path: "http://evil.example/" }, 404],
		JSON: [{ headers: { "content-type": "application/json" } }, 415],
		"plain text": [{ headers: { "content-type": "text/plain" } }, 415],
		"a form with files": [
			{ headers: { "content-type": "multipart/form-data; boundary=x" } },
			415,
		],
		"a type that only begins alike": [
			{ headers: { "content-type": `${FORM}-not` } },
			415,
		],
		"no type": [{ headers: { "content-type": "" } }, 415],
		"a packed form": [{ headers: { "content-encoding": "gzip" } }, 415],
	};
	for (const [what, [sent, status]] of Object.entries(cases))
		test(`${what}: ${status}`, async () => {
			const door = await open();

			const refused = await assertTurnedAway(door, sent, status);

			assert.doesNotMatch(refused.text, /evil|the-state/);
			const { answer } = await comeBack(door);
			assert.equal(answer.parameters.get("code"), "c");
		});

	for (const host of [
		"evil.example",
		"localhost",
		"localhost:1",
		"localhost.evil.example:PORT",
		"127.0.0.1.evil.example:PORT",
		"evil@localhost:PORT",
		"127.1:PORT",
		"0.0.0.0:PORT",
		"[::]:PORT",
	])
		test(`a name that is not this machine's own: ${host}`, async () => {
			const door = await open();
			const headers = { host: host.replace("PORT", String(door.port)) };

			await assertTurnedAway(door, { headers }, 400);

			await comeBack(door);
		});

	test("the browser's wish for an icon: nothing, and no error", async () => {
		const door = await open();
		const icon = { method: "GET", path: "/favicon.ico" };

		const { text } = await assertTurnedAway(door, icon, 204);

		assert.equal(text, "");
		await comeBack(door);
	});

	test("a body above 64 KiB, said beforehand or not", async () => {
		const door = await open();
		const big = `code=c&state=${STATE}&pad=`.padEnd(64 * 1_024 + 1, "x");
		const chunk = `${big.length.toString(16)}\r\n${big}\r\n`;
		const chunked = formHead(door.port, "Transfer-Encoding: chunked");

		const said = await sendBytes(door.port, formHead(door.port, big.length));
		const unsaid = await sendBytes(door.port, chunked + chunk);

		assert.match(said, /^HTTP\/1\.1 413 /);
		assert.match(unsaid, /^HTTP\/1\.1 413 /);
		await comeBack(door);
	});

	test("what is no HTTP, has no host, or two lengths", async () => {
		const door = await open();
		const body = `code=c&state=${STATE}`;
		for (const text of [
			"\x16\x03\x01 hello\r\n\r\n",
			"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
			formHead(door.port, "Content-Length: 1\r\nContent-Length: 9") + body,
			formHead(door.port, "Content-Length: 9\r\nTransfer-Encoding: chunked"),
		])
			assert.match(await sendBytes(door.port, text), /^HTTP\/1\.1 400 /);
		await comeBack(door);
	});
});
