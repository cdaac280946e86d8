import {
	createServer,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { SelfSigned } from "./certificates/make-certificates.ts";
import { EntraError } from "./dialect/entra-error.ts";
import { applyFault, type Fault } from "./edge/faults.ts";
import { type LoggedRequest, recordStatus } from "./edge/request-log.ts";
import { arcKeys } from "./managed-identity/arc-keys.ts";
import type { Answer, Host, Surroundings } from "./managed-identity/host.ts";
import { MANAGED_IDENTITY_HOSTS } from "./managed-identity/hosts.ts";

/** What the managed identity endpoints need from the emulator they belong to. */
export interface ManagedIdentityParts {
	/** A new app token, and how many seconds it lives. */
	mintApp(request: {
		clientId: string;
		resource: string;
	}): Promise<{ accessToken: string; expiresIn: number }>;
	takeFault(path: string): Fault | undefined;
	log(entry: LoggedRequest): void;
	/** Milliseconds since 1970. */
	now(): number;
	/** Where Arc key files are written; clients accept only the agent's own directory. Without it Arc is off. */
	arcDirectory?: string;
}

/** A request of a managed identity client has a few hundred characters; anything far beyond is not one. */
const LARGEST_BODY = 16_384;

/** IMDS takes tokens back in time a little, so that a client with a slow clock can use them at once. */
const BACKDATED_S = 300;

/**
 * The endpoints that Azure offers to programs running in it, in plain HTTP as there:
 * `/metadata/identity/oauth2/token` and `/metadata/instance/compute` (IMDS), `/msi/token` (App Service),
 * `/arc/metadata/identity/oauth2/token`, `/machine-learning/token`, `/cloud-shell/token`, `/service-fabric/token`.
 * The server is not listening yet; bind it to loopback.
 */
export function managedIdentityServer(parts: ManagedIdentityParts): Server {
	const keys =
		parts.arcDirectory === undefined ? undefined : arcKeys(parts.arcDirectory);
	const surroundings: Surroundings = {
		mint: (clientId, resource) => mint(parts, clientId, resource),
		...(keys && { arcKeys: keys }),
	};
	const server = createServer((request, response) => {
		serve(parts, surroundings, request, response).catch((error: unknown) => {
			if (response.headersSent) return response.destroy();
			send(response, {
				status: 500,
				body: { error: "server_error", error_description: String(error) },
			});
		});
	});
	server.on("close", () => keys?.clear());
	return server;
}

/**
 * The same endpoints behind TLS with a certificate that nobody vouches for, as Service Fabric has them. Not listening
 * yet; it ends before the server it stands in front of.
 */
export function selfSignedFront(
	server: Server,
	{ cert, key }: SelfSigned,
): Server {
	return createTlsServer({ cert, key }, (request, response) =>
		server.emit("request", request, response),
	);
}

async function serve(
	parts: ManagedIdentityParts,
	surroundings: Surroundings,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = new URL(request.url ?? "/", "http://localhost");
	// Some clients put a slash behind the path they were given, and write all of it in lower case.
	const path = url.pathname.replace(/\/+$/, "");
	const entry = logEntry(parts.now(), request, path);
	parts.log(entry);
	recordStatus(entry, response);
	const host = MANAGED_IDENTITY_HOSTS.get(path.toLowerCase());
	const parameters =
		host?.method === "POST"
			? new URLSearchParams(await bodyOf(request))
			: url.searchParams;
	describeAsk(entry, parameters);

	const fault = parts.takeFault(path);
	if (fault !== undefined) {
		entry.fault = true;
		if (await applyFault(fault, response)) return;
	}
	send(response, await answer(host, request, parameters, surroundings));
}

async function answer(
	host: Host | undefined,
	request: IncomingMessage,
	parameters: URLSearchParams,
	surroundings: Surroundings,
): Promise<Answer> {
	if (host === undefined)
		return {
			status: 404,
			body: {
				error: "not_found",
				error_description: `There is no such endpoint. There are ${[...MANAGED_IDENTITY_HOSTS.keys()].join(", ")}.`,
			},
		};
	if (request.method !== host.method)
		return {
			status: 405,
			body: { error: "method_not_allowed" },
			headers: { allow: host.method },
		};
	const ask = { headers: request.headers, parameters };
	return host.answer(ask, surroundings).catch((error: unknown) => {
		if (!(error instanceof EntraError)) throw error;
		return host.refusal(error.error, `AADSTS${error.code}: ${error.message}`);
	});
}

async function mint(
	parts: ManagedIdentityParts,
	clientId: string,
	resource: string,
) {
	const { accessToken, expiresIn } = await parts.mintApp({
		clientId,
		resource,
	});
	const seconds = Math.floor(parts.now() / 1000);
	return {
		access_token: accessToken,
		expires_in: String(expiresIn),
		expires_on: String(seconds + expiresIn),
		not_before: String(seconds - BACKDATED_S),
		resource,
		token_type: "Bearer",
	} as const;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of request) {
		size += part.length;
		if (size > LARGEST_BODY) break;
		parts.push(part);
	}
	return Buffer.concat(parts).toString();
}

function logEntry(
	time: number,
	request: IncomingMessage,
	path: string,
): LoggedRequest {
	const header = (name: string) => {
		const value = request.headers[name];
		return typeof value === "string" ? value : undefined;
	};
	const sku = header("x-client-sku");
	const client =
		sku === undefined
			? header("user-agent")
			: `${sku} ${header("x-client-ver") ?? ""}`.trim();
	const correlationId =
		header("x-ms-client-request-id") ?? header("client-request-id");
	return {
		time,
		server: "managed-identity",
		method: request.method ?? "",
		path,
		...(client !== undefined && { client }),
		...(correlationId !== undefined && { correlationId }),
	};
}

function describeAsk(entry: LoggedRequest, parameters: URLSearchParams): void {
	const clientId = parameters.get("client_id") ?? parameters.get("clientid");
	const resource = parameters.get("resource");
	if (clientId) entry.clientId = clientId;
	if (resource) entry.scope = resource;
	const refused = parameters.get("token_sha256_to_refresh");
	if (refused) entry.refusedTokenHash = refused;
}

function send(response: ServerResponse, { status, body, headers }: Answer) {
	const isText = typeof body === "string";
	response.writeHead(status, {
		"content-type": isText
			? "text/plain; charset=utf-8"
			: "application/json; charset=utf-8",
		...headers,
	});
	response.end(isText ? body : JSON.stringify(body));
}
