import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/**
 * What goes wrong with matching requests. With a `status` or a `body` the fault replaces the answer;
 * with neither, the request is served as ever and the fault spoils the real answer on its way out.
 */
export interface Fault {
	/** Part of the path, in any case; without it every request matches. */
	path?: string;
	/** How many requests it meets; `null` for all of them. Default 1. */
	times?: number | null;
	/** Milliseconds of silence before anything else happens. */
	delayMs?: number;
	/** The status of the answer. Default 200 with a `body`; with neither the real answer is spoiled. */
	status?: number;
	/** Headers of the answer, over those it has already (as `location` for a redirect, `retry-after`, `content-type`). */
	headers?: Record<string, string | string[]>;
	/** The body: an object is sent as JSON, text as it is (HTML unless `headers` say otherwise). */
	body?: object | string;
	/** Cuts the connection before a byte is sent, or after half of the body. */
	reset?: "at-once" | "mid-body";
	/** Keeps this many characters of the body and ends the answer properly after them. */
	truncate?: number;
	/** Spreads the body over this many milliseconds. */
	slowBodyMs?: number;
}

/** The members of a fault, and the kinds of value they take. */
const FAULT_MEMBERS: Readonly<Record<keyof Fault, readonly string[]>> = {
	path: ["string"],
	times: ["number", "object"],
	delayMs: ["number"],
	status: ["number"],
	headers: ["object"],
	body: ["object", "string"],
	reset: ["string"],
	truncate: ["number"],
	slowBodyMs: ["number"],
};

/** Throws a `TypeError` for a rule that would not do what its author meant. */
export function checkFault(fault: object): void {
	for (const [name, value] of Object.entries(fault)) {
		const kinds = Object.hasOwn(FAULT_MEMBERS, name)
			? FAULT_MEMBERS[name as keyof Fault]
			: undefined;
		if (kinds === undefined)
			throw new TypeError(
				`A fault has no "${name}"; it has ${Object.keys(FAULT_MEMBERS).join(", ")}.`,
			);
		if (value !== undefined && !kinds.includes(typeof value))
			throw new TypeError(`A fault's "${name}" cannot be a ${typeof value}.`);
	}
	const { reset, status, times } = fault as Fault;
	if (typeof times === "number" && !(times >= 1))
		throw new TypeError(`A fault's "times" is at least 1, or null for always.`);
	if (reset !== undefined && reset !== "at-once" && reset !== "mid-body")
		throw new TypeError(`A fault's "reset" is "at-once" or "mid-body".`);
	if (status !== undefined && !(status >= 200 && status <= 599))
		throw new TypeError(`A fault's "status" is between 200 and 599.`);
}

export interface FaultList {
	add(fault: Fault): void;
	/** The first rule for this path that is not used up, which is thereby used once more. */
	take(path: string): Fault | undefined;
	clear(): void;
}

export function faultList(): FaultList {
	let rules: { fault: Fault; left: number }[] = [];
	return {
		add(fault) {
			rules.push({ fault, left: fault.times ?? timesOf(fault) });
		},
		take(path) {
			const rule = rules.find(({ fault }) => matches(fault, path));
			if (rule === undefined) return undefined;
			rule.left -= 1;
			if (rule.left <= 0) rules = rules.filter((other) => other !== rule);
			return rule.fault;
		},
		clear() {
			rules = [];
		},
	};
}

const timesOf = (fault: Fault) =>
	fault.times === null ? Number.POSITIVE_INFINITY : 1;

const matches = (fault: Fault, path: string) =>
	fault.path === undefined ||
	path.toLowerCase().includes(fault.path.toLowerCase());

/** What the service says when it is having trouble; a fault with a status of 400 or more and no body answers so. */
const TROUBLE = {
	error: "temporarily_unavailable",
	error_description: "AADSTS90033: A transient error has occurred.",
	error_codes: [90033],
};

/**
 * Does to the answer what the fault says.
 * Resolves to true when the request is dealt with, and to false when the caller must answer it as ever
 * (the answer is then spoiled on its way out, without the caller's doing).
 */
export async function applyFault(
	fault: Fault,
	response: ServerResponse,
): Promise<boolean> {
	if (fault.delayMs !== undefined) await delay(fault.delayMs);
	if (fault.reset === "at-once") {
		response.destroy();
		return true;
	}
	if (fault.status === undefined && fault.body === undefined) {
		if (isSpoiling(fault)) spoil(fault, response);
		return false;
	}
	const body = fault.body ?? ((fault.status ?? 200) >= 400 ? TROUBLE : "");
	const isText = typeof body === "string";
	response.statusCode = fault.status ?? 200;
	response.setHeader(
		"content-type",
		`${isText ? "text/html" : "application/json"}; charset=utf-8`,
	);
	await send(fault, response, isText ? body : JSON.stringify(body));
	return true;
}

const isSpoiling = (fault: Fault) =>
	fault.headers !== undefined ||
	fault.reset !== undefined ||
	fault.truncate !== undefined ||
	fault.slowBodyMs !== undefined;

/** Holds the real answer back until it is whole, then sends it as the fault says. */
function spoil(fault: Fault, response: ServerResponse): void {
	const { writeHead, end, write } = response;
	const parts: Buffer[] = [];
	const keep = (part: unknown) => {
		if (typeof part === "string" || part instanceof Uint8Array)
			parts.push(Buffer.from(part));
	};
	response.writeHead = ((status: number, headers?: object) => {
		response.statusCode = status;
		for (const [name, value] of Object.entries(headers ?? {}))
			response.setHeader(name, value);
		return response;
	}) as ServerResponse["writeHead"];
	response.write = ((part: unknown) => {
		keep(part);
		return true;
	}) as ServerResponse["write"];
	response.end = ((part: unknown) => {
		keep(part);
		Object.assign(response, { writeHead, end, write });
		// A caller that went away meanwhile leaves nothing to spoil.
		send(fault, response, Buffer.concat(parts).toString()).catch(() => {});
		return response;
	}) as ServerResponse["end"];
}

async function send(
	fault: Fault,
	response: ServerResponse,
	whole: string,
): Promise<void> {
	for (const [name, value] of Object.entries(fault.headers ?? {}))
		response.setHeader(name, value);
	const body = Buffer.from(whole.slice(0, fault.truncate ?? whole.length));
	response.setHeader("content-length", body.length);
	if (fault.reset === "mid-body") {
		response.write(body.subarray(0, Math.ceil(body.length / 2)), () =>
			response.destroy(),
		);
		return;
	}
	for (const part of pieces(body, fault.slowBodyMs)) {
		response.write(part);
		if (fault.slowBodyMs !== undefined)
			await delay(fault.slowBodyMs / SLOW_PIECES);
	}
	response.end();
}

/** Enough pieces that a reader meets the body in several, few enough that none is empty. */
const SLOW_PIECES = 8;

function* pieces(body: Buffer, slowBodyMs: number | undefined) {
	const size =
		slowBodyMs === undefined
			? body.length
			: Math.ceil(body.length / SLOW_PIECES);
	for (let at = 0; at < body.length; at += size)
		yield body.subarray(at, at + size);
}
