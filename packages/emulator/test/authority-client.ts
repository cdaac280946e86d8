import { createHash, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import {
	type Emulator,
	type EmulatorOptions,
	startEmulator,
} from "@azidentity/emulator";
import { afterAll } from "vitest";

/** Kept between runs, so that only the first has to make keys. Several processes may share it. */
const DIRECTORY = path.join(tmpdir(), "azidentity-emulator-tests");

/** A built emulator, as an outsider starts it, until the tests of this file are over. */
export async function startedEmulator(
	options: EmulatorOptions = {},
): Promise<Emulator> {
	const emulator = await startEmulator({ directory: DIRECTORY, ...options });
	afterAll(() => emulator.close());
	return emulator;
}

export interface Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly text: string;
	/** The body as JSON. */
	// biome-ignore lint/suspicious/noExplicitAny: tests assert on whatever is there
	readonly json: any;
}

export interface Ask {
	readonly method?: string;
	readonly headers?: OutgoingHttpHeaders;
	/** A form, or a body as it is. */
	readonly form?: Readonly<Record<string, string>> | [string, string][];
	readonly body?: string;
}

/** One request, followed nowhere. */
export function ask(
	emulator: Pick<Emulator, "authorityHost" | "ca">,
	target: string,
	{ method, headers, form, body }: Ask = {},
): Promise<Answer> {
	const url = new URL(target, emulator.authorityHost);
	const text = form === undefined ? body : new URLSearchParams(form).toString();
	return new Promise((resolve, reject) => {
		const sent = request(
			url,
			{
				method: method ?? (text === undefined ? "GET" : "POST"),
				ca: emulator.ca,
				agent: false,
				headers: {
					...(form && { "content-type": "application/x-www-form-urlencoded" }),
					...headers,
				},
			},
			(response) => {
				let received = "";
				response.setEncoding("utf8");
				response.on("data", (part) => {
					received += part;
				});
				response.on("error", reject);
				response.on("end", () =>
					resolve({
						status: response.statusCode ?? 0,
						headers: response.headers,
						text: received,
						get json() {
							return JSON.parse(received);
						},
					}),
				);
			},
		);
		sent.on("error", reject);
		sent.end(text);
	});
}

/** A token request to a tenant (its id, domain or an alias). */
export const askToken = (
	emulator: Emulator,
	tenant: string,
	form: Readonly<Record<string, string>> | [string, string][],
) => ask(emulator, `/${tenant}/oauth2/v2.0/token`, { form });

/** A proof key for code exchange (RFC 7636). */
export function proofKey() {
	const verifier = randomBytes(32).toString("base64url");
	return {
		verifier,
		challenge: createHash("sha256").update(verifier).digest("base64url"),
	};
}

/** What an assertion library would get from the middle of a JWT, unverified. */
// biome-ignore lint/suspicious/noExplicitAny: tests assert on whatever is there
export function payloadOf(token: string): any {
	const payload = token.split(".")[1] ?? "";
	return JSON.parse(Buffer.from(payload, "base64url").toString());
}
