import type { IncomingMessage } from "node:http";
import {
	duplicateParameter,
	malformed,
	tooLarge,
} from "../dialect/refusals.ts";
import type { Form } from "../engine/engine.ts";

/** The longest thing ever sent here is an assertion with a certificate chain. */
const LARGEST_BODY = 256 * 1024;

/** The body, up to {@link LARGEST_BODY}. */
export async function readBody(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	let size = 0;
	// Leaving the loop early must not cut the connection: there is still an answer to be sent.
	for await (const part of request.iterator({ destroyOnReturn: false })) {
		parts.push(part);
		size += part.length;
		if (size > LARGEST_BODY) throw tooLarge();
	}
	return Buffer.concat(parts).toString();
}

/**
 * The parameters of a request: of a POST those in its body, of others those in the query. A parameter that comes twice
 * is refused here, because whoever reads the form later sees each name once.
 */
export async function readForm(
	request: IncomingMessage,
	url: URL,
): Promise<Form> {
	if (request.method !== "POST") return onlyOnce(url.searchParams);
	const body = await readBody(request);
	const type = request.headers["content-type"] ?? "";
	// What is no form has no parameters, so the first one that is needed will be missed.
	if (!type.startsWith("application/x-www-form-urlencoded")) return {};
	return withBasicProof(onlyOnce(new URLSearchParams(body)), request);
}

function onlyOnce(parameters: URLSearchParams): Form {
	const form: Record<string, string> = {};
	for (const [name, value] of parameters) {
		if (Object.hasOwn(form, name)) throw duplicateParameter(name);
		form[name] = value;
	}
	return form;
}

/** A client may put its id and secret into the header instead (RFC 6749 §2.3.1), but not something else in each. */
function withBasicProof(form: Form, request: IncomingMessage): Form {
	const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? "");
	if (basic?.[1] === undefined) return form;
	const [id = "", ...rest] = Buffer.from(basic[1], "base64")
		.toString()
		.split(":");
	const clientId = formDecoded(id);
	if (form.client_secret !== undefined || form.client_assertion !== undefined)
		throw malformed("the client proves itself in more than one way");
	if (form.client_id !== undefined && form.client_id !== clientId)
		throw malformed("the client_id differs from the Authorization header");
	delete request.headers.authorization;
	return {
		...form,
		client_id: clientId,
		client_secret: formDecoded(rest.join(":")),
	};
}

function formDecoded(text: string): string {
	try {
		return decodeURIComponent(text.replaceAll("+", " "));
	} catch {
		throw malformed("the Authorization header is not properly encoded");
	}
}
