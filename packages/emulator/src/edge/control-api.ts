import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "./read-form.ts";
import { sendJson } from "./send.ts";

/** Where other processes control the emulator. */
export const CONTROL_PATH = "/__emulator/control";

/** The header that carries the key. A page of another origin cannot send it without being asked about it first. */
export const CONTROL_KEY_HEADER = "x-emulator-key";

/** What the control API opens onto. */
export interface ControlDoor {
	readonly key: string;
	/** Runs a command; rejects with what was wrong with it. */
	run(command: string, argument: unknown): Promise<unknown>;
}

/** `POST {CONTROL_PATH}/{command}` with a JSON argument; answers with the command's JSON result. */
export async function serveControl(
	door: ControlDoor,
	request: IncomingMessage,
	response: ServerResponse,
	path: string,
): Promise<void> {
	if (!isKey(door.key, request.headers[CONTROL_KEY_HEADER])) {
		const error = `The control API needs the key that was printed at the start, in the header ${CONTROL_KEY_HEADER}.`;
		sendJson(response, 401, { error });
		return;
	}
	if (request.method !== "POST") {
		sendJson(response, 405, { error: "Use POST." }, { allow: "POST" });
		return;
	}
	try {
		const body = await readBody(request);
		const argument = body === "" ? undefined : JSON.parse(body);
		const result = await door.run(
			path.slice(CONTROL_PATH.length + 1),
			argument,
		);
		sendJson(response, 200, result ?? {});
	} catch (error) {
		const text = error instanceof Error ? error.message : String(error);
		sendJson(response, 400, { error: text });
	}
}

function isKey(key: string, presented: string | string[] | undefined): boolean {
	if (typeof presented !== "string") return false;
	const expected = Buffer.from(key);
	const actual = Buffer.from(presented);
	return expected.length === actual.length && timingSafeEqual(expected, actual);
}
