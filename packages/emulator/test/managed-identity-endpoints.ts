import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach } from "vitest";
import type { EntraError } from "../src/dialect/entra-error.ts";
import type { Fault } from "../src/edge/faults.ts";
import type { LoggedRequest } from "../src/edge/request-log.ts";
import { managedIdentityServer } from "../src/managed-identity.ts";

export const VAULT = "https://vault.azure.net";
export const NOW = Date.UTC(2030, 0, 1);
export const METADATA = { metadata: "true" };
export const SECRET = "emulator-header";

const running: { server: Server; directory: string }[] = [];
afterEach(async () => {
	for (const { server, directory } of running.splice(0)) {
		server.closeAllConnections();
		if (server.listening) await once(server.close(), "close");
		rmSync(directory, { recursive: true, force: true });
	}
});

/** Managed identity endpoints with an authority that makes up tokens, and a way to ask them. */
export async function endpoints(
	options: { fault?: Fault; hasArc?: boolean; refusal?: EntraError } = {},
) {
	const asked: { clientId: string; resource: string }[] = [];
	const log: LoggedRequest[] = [];
	const directory = mkdtempSync(path.join(tmpdir(), "azidentity-arc-"));
	let { fault } = options;
	const server = managedIdentityServer({
		async mintApp(request) {
			if (options.refusal !== undefined) throw options.refusal;
			asked.push(request);
			return { accessToken: `token-${asked.length}`, expiresIn: 86_400 };
		},
		takeFault(where) {
			const taken =
				fault?.path && !where.includes(fault.path) ? undefined : fault;
			if (taken !== undefined) fault = undefined;
			return taken;
		},
		log: (entry) => log.push(entry),
		now: () => NOW,
		...(options.hasArc && { arcDirectory: path.join(directory, "tokens") }),
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	running.push({ server, directory });
	const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const ask = async (where: string, init: RequestInit = {}) => {
		const response = await fetch(base + where, init);
		const text = await response.text();
		const isJson = response.headers.get("content-type")?.includes("json");
		return {
			status: response.status,
			headers: response.headers,
			body: isJson ? JSON.parse(text) : text,
		};
	};
	return { ask, asked, log, server, directory };
}

export const query = (parameters: Record<string, string>) =>
	`?${new URLSearchParams(parameters)}`;
export const IMDS = "/metadata/identity/oauth2/token";
export const imdsQuery = (more: Record<string, string> = {}) =>
	query({ "api-version": "2018-02-01", resource: VAULT, ...more });
