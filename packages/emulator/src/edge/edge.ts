import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
	isPublicHost,
	isRegionalHost,
	PUBLIC_HOST,
} from "../dialect/discovery.ts";
import { EntraError } from "../dialect/entra-error.ts";
import type { Form } from "../engine/engine.ts";
import { CONTROL_PATH, serveControl } from "./control-api.ts";
import type { EdgeParts } from "./edge-parts.ts";
import { applyFault } from "./faults.ts";
import { readForm } from "./read-form.ts";
import { type LoggedRequest, recordStatus } from "./request-log.ts";
import { route } from "./routes.ts";
import { sendJson, sendRefusal } from "./send.ts";

/** Answers every request to the authority. */
export function edge(
	parts: EdgeParts,
): (request: IncomingMessage, response: ServerResponse) => void {
	return (request, response) => {
		answer(parts, request, response).catch((error: unknown) => {
			// A caller who went away in the middle of a request is waiting for nothing.
			if (request.destroyed && !request.complete) return;
			// A fault in the emulator, which whoever runs it should see. A request never gets into the text of an error.
			console.error("azidentity-emulator:", error);
			if (response.headersSent) response.destroy();
			else sendJson(response, 500, { error: "server_error" });
		});
	};
}

async function answer(
	parts: EdgeParts,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = urlOf(request, parts.authority);
	response.setHeader("x-ms-request-id", randomUUID());
	if (url.pathname.startsWith(`${CONTROL_PATH}/`))
		return serveControl(parts.control, request, response, url.pathname);

	const entry = logEntry(parts.now(), request, url);
	parts.log.add(entry);
	recordStatus(entry, response);
	const authority = authorityOf(parts, request);
	let correlationId = entry.correlationId ?? randomUUID();
	try {
		const form = await readForm(request, url);
		describe(entry, form, url);
		correlationId = entry.correlationId ?? correlationId;
		response.setHeader("client-request-id", correlationId);
		const fault = parts.faults.take(url.pathname);
		if (fault !== undefined) {
			entry.fault = true;
			if (await applyFault(fault, response)) return;
		}
		const refused = (code: number) => {
			entry.errorCode = code;
		};
		await route(parts, {
			request,
			response,
			url,
			form,
			correlationId,
			authority,
			refused,
		});
	} catch (error) {
		if (!(error instanceof EntraError)) throw error;
		entry.errorCode = error.code;
		const setting = { now: parts.now(), correlationId, authority };
		sendRefusal(request, response, error, setting);
	}
}

/** The address asked for; what is none is asked for at the root, where there is nothing. */
function urlOf(request: IncomingMessage, authority: string): URL {
	const target = (request.url ?? "/").replace(/^\/+/, "/");
	return new URL(URL.canParse(target, authority) ? target : "/", authority);
}

/**
 * The authority as the caller names it, for clients compare the addresses they get with the one they asked: this
 * machine by its name or number, or the public host, or a region's, that the proxy stands in for.
 */
function authorityOf({ authority }: EdgeParts, request: IncomingMessage) {
	const host = (request.headers.host ?? "").replace(/:443$/, "");
	if (isPublicHost(host)) return `https://${PUBLIC_HOST}`;
	if (isRegionalHost(host)) return `https://${host}`;
	const { port } = new URL(authority);
	const numbers = ["127.0.0.1", "[::1]"].map((number) =>
		port === "" ? number : `${number}:${port}`,
	);
	return numbers.includes(host) ? `https://${host}` : authority;
}

function logEntry(
	now: number,
	request: IncomingMessage,
	url: URL,
): LoggedRequest {
	const { headers } = request;
	const library = libraryName(headers["x-client-sku"], headers["x-client-ver"]);
	const client = library ?? headers["user-agent"];
	const correlationId = headers["client-request-id"];
	const id = typeof correlationId === "string" ? correlationId : "";
	return {
		time: now,
		server: "authority",
		method: request.method ?? "",
		host: shortened(headers.host ?? ""),
		path: url.pathname,
		...(client !== undefined && { client: shortened(client) }),
		...(isIdentifier(id) && { correlationId: id }),
	};
}

/** MSAL JS puts into the form what others put into headers. */
function describe(entry: LoggedRequest, form: Form, url: URL): void {
	const library = libraryName(form["x-client-SKU"], form["x-client-VER"]);
	if (library !== undefined) entry.client = shortened(library);
	const correlationId =
		form["client-request-id"] ?? url.searchParams.get("client-request-id");
	if (correlationId && isIdentifier(correlationId))
		entry.correlationId ??= correlationId;
	if (form.grant_type) entry.grantType = shortened(form.grant_type);
	if (form.client_id) entry.clientId = shortened(form.client_id);
	if (form.scope) entry.scope = shortened(form.scope);
	if (form.claims) entry.claims = true;
}

/** A GUID, or what else a client may call its request. It goes into a header and into texts, so it has to be plain. */
const isIdentifier = (text: string) => /^[\w.:-]{1,100}$/.test(text);

/** The log is kept in memory, ten thousand entries of it; longer texts than this tell nobody more. */
const LONGEST_LOGGED = 1_000;

const shortened = (text: string) => text.slice(0, LONGEST_LOGGED);

function libraryName(
	sku: string | string[] | undefined,
	version: string | string[] | undefined,
): string | undefined {
	if (typeof sku !== "string") return undefined;
	return typeof version === "string" ? `${sku} ${version}` : sku;
}
