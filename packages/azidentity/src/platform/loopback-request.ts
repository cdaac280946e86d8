import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** How the browser brings the answer: as a form, or in the address. */
export type ResponseMode = "form_post" | "query";

/** What a request must be like to count. */
export interface LoopbackRules {
	/** The path of the redirect URI, at least a slash. */
	readonly path: string;
	readonly responseMode: ResponseMode;
	readonly state: string;
}

/** The parameters that count, or with which status the request is turned away. */
export type Verdict =
	| { readonly parameters: URLSearchParams }
	| { readonly refused: number };

/** An answer of the service takes about 2 KiB. */
const LARGEST_BODY = 64 * 1_024;

const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/**
 * Judges a request. Only the sign-in's own answer counts: sent to this machine by this machine's name
 * (a foreign name would be a web page that got its own name resolved to us), to the path of the redirect
 * URI, in the way that was asked for, and with the state that nobody but the service and we know.
 */
export async function judge(
	incoming: IncomingMessage,
	rules: LoopbackRules,
): Promise<Verdict> {
	const { headers, method } = incoming;
	if (!isOwnHost(headers.host, incoming.socket.localPort))
		return { refused: 400 };
	const [path = "", ...query] = (incoming.url ?? "").split("?");
	if (path === "/favicon.ico" && method === "GET") return { refused: 204 };
	if (path !== rules.path) return { refused: 404 };
	const isForm = rules.responseMode === "form_post";
	if (method !== (isForm ? "POST" : "GET")) return { refused: 405 };
	if (isForm && !isPlainForm(incoming)) return { refused: 415 };
	const text = isForm ? await bodyOf(incoming) : query.join("?");
	if (text === undefined) return { refused: 413 };

	const parameters = new URLSearchParams(text);
	const [state, ...others] = parameters.getAll("state");
	if (state === undefined || others.length > 0) return { refused: 400 };
	return isSame(state, rules.state) ? { parameters } : { refused: 400 };
}

function isOwnHost(
	host: string | undefined,
	port: number | undefined,
): boolean {
	const named = host?.toLowerCase().replace(/:80$/, "");
	const suffix = port === 80 ? "" : `:${port}`;
	return ["localhost", "127.0.0.1", "[::1]"].some(
		(name) => named === name + suffix,
	);
}

function isPlainForm({ headers }: IncomingMessage): boolean {
	const encoding = headers["content-encoding"] ?? "identity";
	return FORM.test(headers["content-type"] ?? "") && encoding === "identity";
}

/** The body; undefined when it is larger than any answer. */
async function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
	if (Number(incoming.headers["content-length"] ?? 0) > LARGEST_BODY)
		return undefined;
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
		size += chunk.length;
		if (size > LARGEST_BODY) return undefined;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}

/** Compared by hashes of equal length, in a time that tells nothing. */
function isSame(left: string, right: string): boolean {
	const hash = (text: string) => createHash("sha256").update(text).digest();
	return timingSafeEqual(hash(left), hash(right));
}
