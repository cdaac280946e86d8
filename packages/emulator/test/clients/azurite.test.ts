import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Emulator } from "@azidentity/emulator";
import { afterAll, beforeAll, describe, test } from "vitest";
import { runNode, stepOf } from "./client-program.ts";
import { grantsAsked, startedEmulator } from "./started-emulator.ts";

describe("Azurite", () => {
	let emulator: Emulator;
	let azurite: ChildProcess;
	let blobUrl = "";

	beforeAll(async () => {
		emulator = await startedEmulator();
		const manifest = createRequire(import.meta.url).resolve(
			"azurite/package.json",
		);
		azurite = spawn(
			process.execPath,
			[
				path.join(path.dirname(manifest), "dist/src/blob/main.js"),
				...["--blobHost", "127.0.0.1", "--blobPort", "0"],
				...["--oauth", "basic", "--inMemoryPersistence"],
				...["--cert", emulator.certFile, "--key", emulator.keyFile],
				...["--skipApiVersionCheck", "--disableTelemetry"],
			],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		blobUrl = await listeningAddress(azurite);
	});
	afterAll(async () => {
		if (azurite.exitCode !== null) return;
		azurite.kill();
		await once(azurite, "close");
	});

	test("the storage client creates, uploads, downloads and lists with a token of the emulator", async () => {
		const { daemon } = emulator.apps;
		const steps = await runNode("storage-blob.js", [], {
			environment: {
				NODE_EXTRA_CA_CERTS: emulator.caFile,
				EMULATOR_AUTHORITY: emulator.authorityHost,
				EMULATOR_TENANT: emulator.tenants.contoso.id,
				EMULATOR_CLIENT: daemon.clientId,
				EMULATOR_SECRET: daemon.secrets[0],
				BLOB_URL: blobUrl,
			},
		});
		assert.equal(stepOf(steps, "create").isNew, true);
		assert.match(String(stepOf(steps, "download").text), /^Hello/);
		assert.deepEqual(stepOf(steps, "list").names, ["greeting.txt"]);
		const [asked, ...more] = await grantsAsked(emulator);
		assert.match(asked?.scope ?? "", /^https:\/\/storage\.azure\.com\//);
		assert.deepEqual(more, []);
	});
});

/** The account's address, once Azurite says where it listens. */
async function listeningAddress(azurite: ChildProcess): Promise<string> {
	const { stdout } = azurite;
	if (stdout === null) throw new Error("Azurite's output is not read.");
	const said: string[] = [];
	for await (const line of createInterface({ input: stdout })) {
		said.push(line);
		const [, port] = /listens? on https:\/\/[^:]+:(\d+)/.exec(line) ?? [];
		if (port !== undefined) {
			stdout.resume();
			return `https://localhost:${port}/devstoreaccount1`;
		}
	}
	throw new Error(`Azurite ended: ${said.join("\n")}`);
}
