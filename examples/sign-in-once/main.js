// Sign in once, and not again in the next run: a tool keeps its tokens on disk, encrypted, and a record of who signed in.
// Here it runs three times, for two resources, and asks once. The emulated Entra ID also plays the person.
//
//   node examples/sign-in-once/main.js
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startEmulator } from "@azidentity/emulator";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";
const TOOL = fileURLToPath(new URL("tool.js", import.meta.url));

const emulator = await startEmulator();
const directory = mkdtempSync(path.join(os.tmpdir(), "azidentity-example-"));
const job = {
	recordFile: path.join(directory, "record.json"),
	options: {
		tenantId: emulator.tenants.contoso.id,
		clientId: emulator.apps.native.clientId,
		authorityHost: emulator.authorityHost,
		disableInstanceDiscovery: true,
		tlsOptions: { ca: emulator.ca },
		tokenCachePersistenceOptions: {
			enabled: true,
			name: `sign-in-once-${randomUUID()}`,
			directory,
			// Only so that this runs in containers too, some of which have no place for keys.
			unsafeAllowUnencryptedStorage: true,
		},
	},
};

/** Runs the tool, and enters every code that it shows on standard error. Resolves to what it printed, and how often it asked. */
async function runTool(scope) {
	const child = spawn(process.execPath, [TOOL]);
	let prompts = 0;
	let said = "";
	child.stderr.setEncoding("utf8").on("data", async (part) => {
		said += part;
		const userCode = /enter the code (\S+)/.exec(part)?.[1];
		if (userCode === undefined) return;
		prompts += 1;
		await emulator.approveDevice(userCode, emulator.users.alice.username);
	});
	child.stdin.end(JSON.stringify({ ...job, scope }));
	const [printed, [code]] = await Promise.all([
		text(child.stdout),
		once(child, "exit"),
	]);
	assert.equal(code, 0, said);
	return { printed: printed.trim(), prompts };
}

try {
	for (const [scope, expected] of [
		[STORAGE, 1],
		[STORAGE, 0],
		[VAULT, 0],
	]) {
		await emulator.clearRequests();
		const { printed, prompts } = await runTool(scope);
		const grants = (await emulator.requests()).flatMap(
			({ grantType }) => grantType ?? [],
		);
		assert.equal(prompts, expected);
		const asked = grants.includes("refresh_token")
			? "one request, by the refresh token"
			: `${grants.length === 0 ? "no" : "some"} requests`;
		console.log(`${printed}: ${prompts} prompts, ${asked}`);
	}
} finally {
	rmSync(directory, { recursive: true, force: true });
	await emulator.close();
}
