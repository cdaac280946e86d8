import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ClientSecretCredential } from "azidentity";

/**
 * A cache on disk for one run of the main job, under a name and in a directory of its own.
 * @param {import("@azidentity/emulator").Emulator} emulator
 */
export function cacheOnDisk(emulator) {
	const directory = mkdtempSync(path.join(os.tmpdir(), "azidentity-main-job-"));
	const { contoso } = emulator.tenants;
	const { daemon } = emulator.apps;
	const job = {
		tenantId: contoso.id,
		clientId: daemon.clientId,
		secret: daemon.secrets[0],
		options: {
			authorityHost: emulator.authorityHost,
			disableInstanceDiscovery: true,
			tlsOptions: { ca: emulator.ca },
			tokenCachePersistenceOptions: {
				enabled: true,
				directory,
				name: `main-job-${randomUUID()}`,
			},
		},
	};
	return {
		/** Gets a token in this process, and leaves it on disk. */
		async fill(scope) {
			const { tenantId, clientId, secret, options } = job;
			const credential = new ClientSecretCredential(
				tenantId,
				clientId,
				secret,
				options,
			);
			return (await credential.getToken(scope)).token;
		},
		/** The token that another process gets. */
		inSecondProcess(scope) {
			const program = new URL("second-process.js", import.meta.url);
			const { status, stdout, stderr } = spawnSync(
				process.execPath,
				[fileURLToPath(program)],
				{ input: JSON.stringify({ ...job, scope }), encoding: "utf8" },
			);
			assert.equal(status, 0, stderr);
			return stdout;
		},
		/** Nothing on disk can be read as a token, and nobody else can read the files. */
		assertUnreadable(token) {
			const files = readdirSync(directory, { withFileTypes: true });
			assert.ok(files.length > 0);
			for (const { name } of files) {
				const text = readFileSync(path.join(directory, name), "latin1");
				for (const part of [token, ...token.split("."), "AccessToken"])
					assert.ok(!text.includes(part), `${name} shows a token`);
			}
		},
		remove: () => rmSync(directory, { recursive: true, force: true }),
	};
}
