import assert from "node:assert/strict";
import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type RequestListener,
	type Server,
	type ServerResponse,
} from "node:http";
import {
	createServer as createTlsServer,
	type ServerOptions,
} from "node:https";
import type { AddressInfo } from "node:net";
import { type ManualClock, manualClock } from "@azidentity/testkit";
import { afterEach, beforeEach } from "vitest";
import {
	ManagedIdentityCredential,
	type ManagedIdentityOptions,
} from "../../src/credentials/managed-identity-credential.ts";

export const VAULT = "https://vault.azure.net/.default";
export const STORAGE = "https://storage.azure.com/.default";
export const CLIENT_ID = "11111111-2222-3333-4444-555555555555";

/** Every variable that says where a program runs. */
const VARIABLES = [
	"AZURE_CLIENT_ID",
	"AZURE_FEDERATED_TOKEN_FILE",
	"AZURE_POD_IDENTITY_AUTHORITY_HOST",
	"AZURE_TENANT_ID",
	"DEFAULT_IDENTITY_CLIENT_ID",
	"IDENTITY_ENDPOINT",
	"IDENTITY_HEADER",
	"IDENTITY_SERVER_THUMBPRINT",
	"IMDS_ENDPOINT",
	"MSI_ENDPOINT",
	"MSI_SECRET",
] as const;

export type Variables = Partial<
	Record<(typeof VARIABLES)[number] | "HTTP_PROXY" | "NO_PROXY", string>
>;

/** One request, as the host saw it. */
export interface Seen {
	method: string;
	path: string;
	query: Record<string, string>;
	/** The part behind the question mark, as it came. */
	search: string;
	headers: IncomingHttpHeaders;
	body: string;
}

/** What a host answers with. An object is sent as JSON; a function does as it likes. */
export type Answer =
	| { status?: number; headers?: Record<string, string>; body?: unknown }
	| ((response: ServerResponse) => void);

/** A host that answers by script, over a real connection, on a clock of its own. */
export interface AzureHost {
	readonly url: string;
	readonly clock: ManualClock;
	readonly seen: Seen[];
	/** The waits between attempts, in milliseconds; each is over at once and moves the clock. */
	readonly waits: number[];
	/** The time limits that were set, in milliseconds; each can be let pass. */
	readonly limits: { milliseconds: number; expire: () => void }[];
	/** What comes next, before the tokens that are answered otherwise. */
	answers(...answers: Answer[]): void;
	/** A token's fields: `lifetime` is in seconds. */
	token(more?: Record<string, unknown>, lifetime?: number): Answer;
	credential(options?: ManagedIdentityOptions): ManagedIdentityCredential;
	/** Resolves when so many requests have come. */
	asked(count: number): Promise<void>;
	close(): Promise<void>;
}

const LIMITS = new Set([60_000, 5_000, 1_000, 1_234]);
const hosts: AzureHost[] = [];
let saved: [string, string | undefined][] = [];

/** For a file of tests: nothing in the environment says where it runs, and every host is gone in the end. */
export function managedIdentityTests(): void {
	beforeEach(() => {
		const names = [...VARIABLES, "HTTP_PROXY", "NO_PROXY"];
		saved = names.map((name) => [name, process.env[name]]);
		for (const name of names) delete process.env[name];
	});
	afterEach(async () => {
		for (const [name, value] of saved)
			if (value === undefined) delete process.env[name];
			else process.env[name] = value;
		for (const host of hosts.splice(0)) await host.close();
	});
}

export function environment(variables: Variables): void {
	Object.assign(process.env, variables);
}

/** The variables of each host that listens at `url`. */
export const variablesAt = (url: string): Record<string, Variables> => ({
	"App Service": { IDENTITY_ENDPOINT: `${url}/msi`, IDENTITY_HEADER: "header" },
	"Azure Machine Learning": { MSI_ENDPOINT: `${url}/ml`, MSI_SECRET: "secret" },
	"Cloud Shell": { MSI_ENDPOINT: `${url}/shell` },
	"Azure Arc": { IDENTITY_ENDPOINT: `${url}/arc`, IMDS_ENDPOINT: url },
	IMDS: { AZURE_POD_IDENTITY_AUTHORITY_HOST: `${url}/imds` },
});

/** What makes Service Fabric of App Service. */
export const THUMBPRINT = { IDENTITY_SERVER_THUMBPRINT: "A".repeat(40) };

/** Starts a host; with a certificate it speaks TLS. */
export async function azureHost(tls?: ServerOptions): Promise<AzureHost> {
	const script: Answer[] = [];
	const seen: Seen[] = [];
	let tokens = 0;
	const clock = manualClock();
	const token: AzureHost["token"] = (more = {}, lifetime = 3_600) => ({
		body: {
			access_token: `token-${++tokens}`,
			expires_on: String(clock.now() / 1_000 + lifetime),
			resource: "as the host likes",
			token_type: "Bearer",
			...more,
		},
	});
	const listener: RequestListener = async (request, response) => {
		seen.push(await seenOf(request));
		send(script.shift() ?? token(), response);
	};
	const server = tls ? createTlsServer(tls, listener) : createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const waits: number[] = [];
	const limits: AzureHost["limits"] = [];
	const host: AzureHost = {
		url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
		clock,
		seen,
		waits,
		limits,
		answers: (...answers) => void script.push(...answers),
		token,
		credential: (options = {}) =>
			new ManagedIdentityCredential({
				now: clock.now,
				random: () => 0,
				setTimeout(callback, milliseconds) {
					if (LIMITS.has(milliseconds))
						return limits.push({ milliseconds, expire: callback });
					waits.push(milliseconds);
					clock.advance(milliseconds);
					return setImmediate(callback);
				},
				// No test may find the agent of the machine it runs on.
				arcFiles: { himds: "/nowhere/himds", tokens: "/nowhere/tokens" },
				...options,
			}),
		async asked(count) {
			while (seen.length < count)
				await new Promise((resolve) => setImmediate(resolve));
		},
		close: () => close(server),
	};
	hosts.push(host);
	return host;
}

/** A host where IMDS would be. */
export async function imdsHost(): Promise<AzureHost> {
	const host = await azureHost();
	environment({ AZURE_POD_IDENTITY_AUTHORITY_HOST: host.url });
	return host;
}

async function seenOf(request: IncomingMessage): Promise<Seen> {
	const parts = [];
	for await (const part of request) parts.push(part);
	const url = new URL(request.url ?? "", "http://host");
	return {
		method: request.method ?? "",
		path: url.pathname,
		query: Object.fromEntries(url.searchParams),
		search: url.search,
		headers: request.headers,
		body: Buffer.concat(parts).toString(),
	};
}

function send(answer: Answer, response: ServerResponse): void {
	if (typeof answer === "function") {
		answer(response);
		return;
	}
	const { status = 200, headers = {}, body = "" } = answer;
	const isText = typeof body === "string";
	response.writeHead(status, {
		"content-type": isText ? "text/html" : "application/json",
		...headers,
	});
	response.end(isText ? body : JSON.stringify(body));
}

function close(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}

/** The error that the promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
	const error: unknown = await promise.then(
		() => assert.fail("it did not fail"),
		(reason) => reason,
	);
	assert.ok(error instanceof Error);
	return error;
}
