import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "@azidentity/emulator";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { findProgram } from "../../src/platform/find-program.ts";

const run = promisify(execFile);

const az = findProgram(["az"]);

/** Why there can be no test with the Azure CLI; undefined when there can, and in CI, where it must be there. */
export const lackOfAzureCli =
	az === undefined && process.env.CI !== "true"
		? "needs the Azure CLI: pip install azure-cli, or apt-get install azure-cli"
		: undefined;

/**
 * The Azure CLI in a profile of its own, and an emulator that it takes for Entra ID: its requests go through the
 * emulator's proxy, under the real host names.
 */
export function realAzureCli() {
	let emulator: Emulator;
	let profile: string;
	const before = { ...process.env };
	beforeAll(async () => {
		emulator = await startEmulator();
		Object.assign(process.env, {
			HTTPS_PROXY: emulator.proxyUrl,
			REQUESTS_CA_BUNDLE: emulator.caFile,
			AZURE_CORE_COLLECT_TELEMETRY: "false",
			AZURE_CORE_ENCRYPT_TOKEN_CACHE: "false",
		});
	});
	beforeEach(() => {
		profile = mkdtempSync(path.join(tmpdir(), "azidentity-az-"));
		process.env.AZURE_CONFIG_DIR = profile;
		return () => rmSync(profile, { recursive: true, force: true });
	});
	afterAll(async () => {
		for (const name of Object.keys(process.env))
			if (!(name in before)) delete process.env[name];
		Object.assign(process.env, before);
		await emulator?.close();
	});

	const command = (...args: string[]) => run(az ?? "az", args);
	return {
		get emulator(): Emulator {
			return emulator;
		},
		async signInAsAlice(): Promise<void> {
			const { username, password } = emulator.users.alice;
			await command("login", "-u", username, "-p", password);
		},
		async signInAsDaemon(): Promise<void> {
			const { clientId, secrets, tenantId } = emulator.apps.daemon;
			const proof = ["-u", clientId, "-p", secrets[0], "--tenant", tenantId];
			await command("login", "--service-principal", ...proof);
		},
		command,
	};
}
