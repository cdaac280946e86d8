import { AuthenticationError } from "../errors.ts";
import { isObject, jsonObject } from "../foundation/json-object.ts";
import { redact } from "../foundation/redact.ts";
import type { HttpAnswer } from "../platform/http.ts";
import { type Identity, identityText } from "./identity.ts";

/** Who asked which host for what. */
export interface Asked {
	readonly credentialName: string;
	readonly hostName: string;
	readonly identity: Identity | undefined;
	readonly resource: string;
	/** What to do when the host refuses. */
	readonly advice: string;
	/** Values of the request that must not come back in an error. */
	readonly secrets: readonly string[];
	/** Whether something else than the host may have answered in its place. */
	readonly isStranger: boolean;
}

/** So much of a body that is no error document is kept: enough to see whose it is. */
const LONGEST_EXCERPT = 1_000;

/** So much of a description is in the message, which people read. */
const LONGEST_SENTENCE = 300;

/** The error for an answer that is no success, with what the host says in any of the forms hosts use. */
export function refusal(asked: Asked, answer: HttpAnswer): AuthenticationError {
	const { status, retryAfter } = answer;
	if (status >= 300 && status < 400)
		return failed(asked, answer, {
			error: "unexpected_redirect",
			error_description: `It answered with a redirect (status ${status}), which is not followed: it would take the request to somebody else.`,
		});
	const isOutage = isOutageStatus(status);
	const document = documentOf(answer, asked.secrets);
	if (!isOutage) return failed(asked, answer, document);
	const later =
		retryAfter === undefined
			? "Try again later."
			: `Try again in ${Math.ceil(retryAfter / 1_000)} seconds.`;
	return failed({ ...asked, advice: later }, answer, document, isOutage);
}

/** The error for a success that holds no token we can use. Nothing of its body is shown: the token may be in it. */
export function unusable(
	asked: Asked,
	answer: HttpAnswer,
	error: string,
	reason: string,
): AuthenticationError {
	const document = { error, error_description: `${reason}.` };
	return failed(asked, answer, document);
}

/** Whether the body is an error as IMDS and the Arc agent word it: with an `error` that is a text. */
export function isImdsError(answer: HttpAnswer): boolean {
	return typeof jsonObject(answer.body)?.error === "string";
}

/** Whether the status says that the host cannot answer now: too slow, too busy, updating, or broken. */
function isOutageStatus(status: number): boolean {
	return status === 408 || status === 410 || status === 429 || status >= 500;
}

function failed(
	asked: Asked,
	answer: HttpAnswer,
	document: Readonly<Record<string, unknown>>,
	isOutage = false,
): AuthenticationError {
	const { credentialName, hostName, identity, isStranger, resource } = asked;
	const { header, notBefore, requestId, retryAfter, status } = answer;
	const body: Record<string, unknown> = {
		correlation_id: header("x-ms-request-id") ?? requestId,
		...document,
	};
	const message = [
		`${credentialName}: no token from ${hostName} for ${identityText(identity)} and the resource ${resource} (status ${status}, ${body.error}).`,
		sentence(body.error_description),
		asked.advice,
		`Correlation id: ${body.correlation_id}.`,
	];
	return new AuthenticationError(status, body, {
		message: message.filter(Boolean).join(" "),
		isOutage,
		notBefore,
		retryAfter,
		...(isStranger && { isUnavailable: true }),
	});
}

/** The first line of what the host says. */
function sentence(description: unknown): string {
	const [line = ""] = String(description ?? "")
		.trim()
		.split(/\r?\n/);
	if (line.length > LONGEST_SENTENCE)
		return `${line.slice(0, LONGEST_SENTENCE)}…`;
	return line === "" || /[.!?]$/.test(line) ? line : `${line}.`;
}

/** What the host says, in the terms of an OAuth error document. */
function documentOf(
	{ body, status }: HttpAnswer,
	secrets: readonly string[],
): Record<string, unknown> {
	const general = status === 400 ? "invalid_request" : "unknown_error";
	const given = jsonObject(body) ?? {};
	const document = isObject(given.error)
		? worded(given.error.code, given.error.message, given.error.correlationId)
		: typeof given.error === "string"
			? given
			: worded(general, given.message ?? given.Message, given.correlationId);
	const { error = general, error_description: description } = document;
	const excerpt = () => redact(body, secrets).slice(0, LONGEST_EXCERPT);
	const said = typeof description === "string" ? description : excerpt();
	return safe({ ...document, error, error_description: said }, secrets);
}

/** App Service, Cloud Shell and Service Fabric have their own names for code and text. */
function worded(error: unknown, text: unknown, correlationId: unknown) {
	return {
		...(typeof error === "string" && { error }),
		...(typeof text === "string" && { error_description: text }),
		...(typeof correlationId === "string" && { correlation_id: correlationId }),
	};
}

/** The texts of a document without what a host, or who answers in its place, may quote of the request. */
function safe(
	document: Readonly<Record<string, unknown>>,
	secrets: readonly string[],
): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(document).map(([name, value]) => [
			name,
			typeof value === "string" ? redact(value, secrets) : value,
		]),
	);
}
