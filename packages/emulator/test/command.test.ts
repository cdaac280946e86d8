import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";

const COMMAND = path.resolve(
	import.meta.dirname,
	"../bin/azidentity-emulator.js",
);

let directory = "";
beforeAll(() => {
	directory = mkdtempSync(path.join(tmpdir(), "azidentity-command-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const running = new Set<ChildProcess>();
afterEach(() => {
	for (const child of running) child.kill("SIGKILL");
	running.clear();
});

function command(...args: string[]) {
	const child = spawn(
		process.execPath,
		[COMMAND, "--directory", directory, ...args],
		{ stdio: ["ignore", "pipe", "pipe"] },
	);
	running.add(child);
	const said = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const)
		child[name].on("data", (part) => {
			said[name] += part;
		});
	const ended = once(child, "close").then(([code, signal]) => {
		running.delete(child);
		return { code, signal, ...said };
	});
	/** Resolves to what it has printed once that contains `text`. */
	const until = (text: string) =>
		new Promise<string>((resolve, reject) => {
			const look = () => said.stdout.includes(text) && resolve(said.stdout);
			child.stdout.on("data", look);
			look();
			ended.then(() => reject(new Error(`It ended: ${said.stderr}`)), reject);
		});
	return { child, ended, until };
}

const isListening = (url: string) =>
	new Promise<boolean>((resolve) => {
		const { hostname, port } = new URL(url);
		const socket = connect(Number(port), hostname, () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});

describe("azidentity-emulator", () => {
	test("with --json it prints where everything is, and all of it is there", async () => {
		const { child, until, ended } = command("--port", "0", "--json");
		const facts = JSON.parse(await until("\n"));
		const asking = request(
			`${facts.authorityHost}/${facts.tenantId}/oauth2/v2.0/token`,
			{
				method: "POST",
				ca: readFileSync(facts.caFile),
				headers: { "content-type": "application/x-www-form-urlencoded" },
			},
		);
		asking.end(
			String(
				new URLSearchParams({
					grant_type: "client_credentials",
					client_id: facts.clientId,
					client_secret: facts.clientSecret,
					scope: "https://vault.azure.net/.default",
				}),
			),
		);
		const [response] = await once(asking, "response");
		response.resume();
		assert.equal(response.statusCode, 200);
		assert.ok(await isListening(facts.managedIdentityUrl));
		assert.ok(await isListening(facts.proxyUrl));
		child.kill("SIGTERM");
		assert.equal((await ended).code, 0);
	});

	test("its control API takes the key that was printed, and no other", async () => {
		const { child, until, ended } = command("--port", "0", "--json");
		const facts = JSON.parse(await until("\n"));
		const statusWith = async (key: string) => {
			const asking = request(`${facts.controlUrl}/requests`, {
				method: "POST",
				ca: readFileSync(facts.caFile),
				headers: { "x-emulator-key": key },
			}).end();
			const [response] = await once(asking, "response");
			response.resume();
			return response.statusCode;
		};
		assert.equal(await statusWith(facts.controlKey), 200);
		assert.equal(await statusWith("another"), 401);
		child.kill();
		await ended;
	});

	test.each(["SIGINT", "SIGTERM"] as const)(
		"%s ends it with code 0 and nothing on stderr, and its ports are free",
		async (signal) => {
			const { child, until, ended } = command("--port", "0", "--json");
			const facts = JSON.parse(await until("\n"));
			child.kill(signal);
			const { code, stderr } = await ended;
			assert.equal(code, 0);
			assert.equal(stderr, "");
			for (const url of [
				facts.authorityHost,
				facts.managedIdentityUrl,
				facts.proxyUrl,
			])
				assert.equal(await isListening(url), false, url);
		},
	);

	test("it tells a person how to point a program at it, directly and through the proxy", async () => {
		const { child, until, ended } = command("--port", "0");
		const text = await until("Control:");
		for (const name of [
			"NODE_EXTRA_CA_CERTS",
			"AZURE_AUTHORITY_HOST",
			"HTTPS_PROXY",
			"AZURE_CLIENT_SECRET",
			"AZURE_POD_IDENTITY_AUTHORITY_HOST",
		])
			assert.match(text, new RegExp(`^  (export |\\$env:)${name}\\b`, "m"));
		assert.ok(text.split("\n").length <= 35);
		child.kill();
		await ended;
	});

	test("a port that is taken is named, with what to do, and nothing is left running", async () => {
		const other = createServer().listen(0);
		await once(other, "listening");
		const { port } = other.address() as { port: number };
		const { code, stderr, stdout } = await command("--port", `${port}`).ended;
		other.close();
		assert.equal(code, 1);
		assert.match(stderr, new RegExp(`Port ${port} is taken.*--port 0`, "s"));
		assert.doesNotMatch(stderr, /\n\s+at /);
		assert.equal(stdout, "");
	});

	test.each([
		["--port", "eighty"],
		["--port", "70000"],
		["--elsewhere", "nowhere"],
		["--nonsense", "--json"],
		["stray", "--json"],
	])("%s %s is refused with a sentence", async (...args) => {
		const { code, stderr } = await command(...args).ended;
		assert.equal(code, 2);
		assert.match(stderr, /\w/);
		assert.doesNotMatch(stderr, /\n\s+at /);
	});

	test("--help lists every option", async () => {
		const { code, stdout } = await command("--help").ended;
		assert.equal(code, 0);
		for (const option of ["--port", "--proxy-port", "--elsewhere", "--json"])
			assert.ok(stdout.includes(option));
	});
});
