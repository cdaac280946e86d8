import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { ManagedIdentityOptions } from "../../src/credentials/managed-identity-credential.ts";
import {
	type AzureHost,
	azureHost,
	environment,
	managedIdentityTests,
	variablesAt,
} from "./azure-host.ts";

export const KEY = "planted-key-0123456789";

/** A machine with an agent for each test of a file: a directory of keys, and a host that answers by script. */
export function arcAgent() {
	managedIdentityTests();
	let home: string;
	let tokens: string;
	let host: AzureHost;
	beforeEach(async () => {
		home = mkdtempSync(path.join(tmpdir(), "azidentity-arc-"));
		tokens = path.join(home, "tokens");
		mkdirSync(tokens);
		host = await azureHost();
		environment(variablesAt(host.url)["Azure Arc"] ?? {});
	});
	afterEach(() => rmSync(home, { recursive: true, force: true }));
	return {
		/** Outside of the agent's directory. */
		get home() {
			return home;
		},
		get tokens() {
			return tokens;
		},
		get host() {
			return host;
		},
		credential: (options: ManagedIdentityOptions = {}) =>
			host.credential({ arcFiles: { himds: "/nowhere", tokens }, ...options }),
		/** A file in the agent's directory. */
		keyFile(content: string | Buffer, name = "a.key"): string {
			const file = path.join(tokens, name);
			writeFileSync(file, content);
			return file;
		},
	};
}

export const challenge = (header: string | undefined) => ({
	status: 401,
	headers: { ...(header !== undefined && { "www-authenticate": header }) },
	body: { error: "unauthorized" },
});
