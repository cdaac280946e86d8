import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";

/** Every variable that a link of the default chain reads, and PATH. */
const VARIABLE =
	/^(AZURE_|IDENTITY_|IMDS_|MSI_|DEFAULT_IDENTITY_|SYSTEM_|PATH$)/;

/** A port of loopback where nobody listens. */
async function closedPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/**
 * A machine with nothing on it that could give a token, for each test: no variable, no tool, and nobody where IMDS
 * would be. The test puts there what it needs.
 */
export function bareMachine() {
	let folder: string;
	let before: [string, string | undefined][];
	beforeEach(async () => {
		folder = mkdtempSync(path.join(tmpdir(), "azidentity-bare-"));
		before = Object.entries(process.env).filter(([name]) =>
			VARIABLE.test(name),
		);
		for (const [name] of before) delete process.env[name];
		process.env.PATH = folder;
		process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://127.0.0.1:${await closedPort()}`;
	});
	afterEach(() => {
		for (const name of Object.keys(process.env))
			if (VARIABLE.test(name)) delete process.env[name];
		for (const [name, value] of before) process.env[name] = value;
		rmSync(folder, { recursive: true, force: true });
	});
	return {
		file(name: string, text: string): string {
			const file = path.join(folder, name);
			writeFileSync(file, text);
			return file;
		},
		/** Puts a tool into PATH that does what the script says. */
		tool(name: string, script: string): void {
			const file = path.join(folder, name);
			writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
			chmodSync(file, 0o755);
		},
	};
}
