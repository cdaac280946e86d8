import type { IncomingMessage, ServerResponse } from "node:http";
import { type EntraError, errorBody } from "../dialect/entra-error.ts";
import { errorPage, PAGE_HEADERS } from "../pages.ts";

export function sendJson(
	response: ServerResponse,
	status: number,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): void {
	response.writeHead(status, {
		"content-type": "application/json; charset=utf-8",
		"cache-control": "no-store",
		...headers,
	});
	response.end(JSON.stringify(body));
}

/** A refusal, as a page to a browser and as JSON to everybody else. */
export function sendRefusal(
	request: IncomingMessage,
	response: ServerResponse,
	refusal: EntraError,
	setting: Parameters<typeof errorBody>[1],
): void {
	const body = errorBody(refusal, setting);
	if (!request.headers.accept?.includes("text/html")) {
		sendJson(response, refusal.status, body);
		return;
	}
	response.writeHead(refusal.status, PAGE_HEADERS);
	response.end(errorPage(body.error_description));
}
