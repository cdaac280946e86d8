import type { ErrorResponse } from "../errors.ts";
import { redact } from "./redact.ts";

/** A field that programs can read and that no inspection prints. */
export function hide(target: object, name: string, value: unknown): void {
	Object.defineProperty(target, name, {
		value,
		enumerable: false,
		writable: true,
		configurable: true,
	});
}

/** What the body of an answer says, in the terms of OAuth's error document. */
export function errorResponseFrom(
	statusCode: number,
	body: object | string | undefined | null,
): ErrorResponse {
	if (typeof body === "object" && body !== null) {
		const known = fromDocument(body as Record<string, unknown>);
		if (known !== undefined) return known;
	}
	if (typeof body !== "string") {
		return {
			error: "unknown_error",
			errorDescription:
				"An unknown error occurred and no additional details are available.",
		};
	}
	const parsed = fromDocument(parsedObject(body));
	if (parsed !== undefined) return parsed;
	const text = redact(body);
	return statusCode === 400
		? {
				error: "invalid_request",
				errorDescription: `The service indicated that the request was invalid.\n\n${text}`,
			}
		: {
				error: "unknown_error",
				errorDescription: `An unknown error has occurred. Response body:\n\n${text}`,
			};
}

function parsedObject(text: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null
			? (value as Record<string, unknown>)
			: {};
	} catch {
		return {}; // not JSON: the text itself is all there is to say
	}
}

function fromDocument(
	document: Record<string, unknown>,
): ErrorResponse | undefined {
	const text = (name: string) => {
		const value = document[name];
		return typeof value === "string" ? redact(value) : undefined;
	};
	const error = text("error");
	if (error === undefined) return undefined;
	const response: ErrorResponse = {
		error,
		errorDescription: text("error_description") ?? "",
	};
	const codes = document.error_codes;
	if (Array.isArray(codes))
		response.errorCodes = codes.filter((code) => Number.isInteger(code));
	const timestamp = text("timestamp");
	if (timestamp !== undefined) response.timestamp = timestamp;
	const traceId = text("trace_id");
	if (traceId !== undefined) response.traceId = traceId;
	const correlationId = text("correlation_id");
	if (correlationId !== undefined) response.correlationId = correlationId;
	const suberror = text("suberror");
	if (suberror !== undefined) response.suberror = suberror;
	if (typeof document.claims === "string")
		hide(response, "claims", document.claims);
	return response;
}
