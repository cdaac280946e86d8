import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, test } from "vitest";
import { daemons, VAULT } from "./daemons.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";

const PROGRAM = fileURLToPath(
	new URL("programs/get-token.js", import.meta.url),
);
const PROCESSES = 50;
/** So many start at a time. */
const WAVE = 5;

const entra = daemons();
let server: RedisServer;
beforeAll(async () => {
	server = await startRedis();
});
afterAll(() => server.close());

interface Program {
	readonly child: ChildProcess;
	/** The next line that it says. */
	next(): Promise<string>;
}

async function startProgram(job: object): Promise<Program> {
	const child = spawn(process.execPath, [PROGRAM], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	const lines = createInterface({ input: child.stdout })[
		Symbol.asyncIterator
	]();
	const next = async () => String((await lines.next()).value);
	child.stdin.write(`${JSON.stringify(job)}\n`);
	assert.equal(await next(), "ready");
	return { child, next };
}

test("fifty cold processes that ask at the same time make one token request, and end when they are done", async () => {
	const job = {
		...entra.job,
		redis: server.port,
		key: randomBytes(32).toString("base64"),
		scope: VAULT,
		timeout: 5_000,
	};
	const programs: Program[] = [];
	while (programs.length < PROCESSES)
		programs.push(
			...(await Promise.all(
				Array.from({ length: WAVE }, () => startProgram(job)),
			)),
		);
	// The answer keeps everybody waiting, so that nobody is served by one who was done before.
	await entra.emulator.addFault({ path: "/oauth2/v2.0/token", delayMs: 1_000 });
	for (const { child } of programs) child.stdin?.write("go\n");
	for (const { next } of programs) assert.equal(await next(), "asked");
	const tokens = await Promise.all(programs.map(({ next }) => next()));
	assert.equal(new Set(tokens).size, 1);
	assert.equal(await entra.tokenRequests(), 1);
	// A connection that listens keeps no process alive once the program has closed its client.
	const codes = await Promise.all(
		programs.map(
			async ({ child }) => child.exitCode ?? (await once(child, "exit"))[0],
		),
	);
	assert.deepEqual(new Set(codes), new Set([0]));
}, 120_000);
