import type { ServerResponse } from "node:http";

/**
 * One request as the log keeps it: enough to say who asked for what and how it ended, never what was secret in it.
 * There is no query, no body, no header but the host, and no token here.
 */
export interface LoggedRequest {
	/** When it arrived, in milliseconds since 1970, by the emulator's clock. */
	readonly time: number;
	readonly server: "authority" | "managed-identity";
	readonly method: string;
	/** The name, with its port unless that is usual, under which the authority was asked. */
	readonly host?: string;
	/** The path without its query. */
	readonly path: string;
	/** The status of the answer; missing while there is none, and for a connection cut before one. */
	status?: number;
	/** The library that asked: its `x-client-SKU` and version, or else its user agent. */
	client?: string;
	/** The caller's `client-request-id`. */
	correlationId?: string;
	grantType?: string;
	clientId?: string;
	/** The scope parameter, or for managed identity the resource. */
	scope?: string;
	/** Whether a `claims` parameter was sent. */
	claims?: boolean;
	/** For Service Fabric: the SHA-256 of the token that was refused somewhere, in hexadecimal. */
	refusedTokenHash?: string;
	/** The first AADSTS code of the answer, when it was an error. */
	errorCode?: number;
	/** Whether a fault rule had its way with the answer. */
	fault?: boolean;
}

export interface RequestLog {
	/** Adds an entry. Its optional fields may be filled in later; the log keeps the object itself. */
	add(entry: LoggedRequest): void;
	/** What is kept, oldest first. */
	entries(): LoggedRequest[];
	clear(): void;
}

/** A long test run must not fill the memory: beyond this the oldest entries go. */
export const KEPT_REQUESTS = 10_000;

export function requestLog(limit = KEPT_REQUESTS): RequestLog {
	let kept: LoggedRequest[] = [];
	return {
		add(entry) {
			kept.push(entry);
			// Cut in large steps: shifting one entry at a time would copy the array for each request.
			if (kept.length >= limit * 2) kept = kept.slice(-limit);
		},
		entries: () => kept.slice(-limit),
		clear() {
			kept = [];
		},
	};
}

/**
 * Writes the status into the entry the moment the head of the answer leaves.
 * The "finish" event would come too late: a caller in another thread can have the answer before it.
 */
export function recordStatus(
	entry: LoggedRequest,
	response: ServerResponse,
): void {
	const writeHead = response.writeHead;
	response.writeHead = function recorded(
		this: ServerResponse,
		...head: unknown[]
	) {
		entry.status = Number(head[0]);
		return Reflect.apply(writeHead, this, head);
	} as ServerResponse["writeHead"];
}
