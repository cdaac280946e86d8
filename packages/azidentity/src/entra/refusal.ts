import { AuthenticationError } from "../errors.ts";
import { jsonObject } from "../foundation/json-object.ts";
import { redact } from "../foundation/redact.ts";
import type { HttpAnswer } from "../platform/http.ts";
import { aadstsCodes, isTransientCode } from "./aadsts-codes.ts";
import { aadstsHint } from "./aadsts-hints.ts";
import { isOutageStatus } from "./outage-status.ts";
import { isAdfs } from "./tenants.ts";

/** Who asked whom for what; it is in the message of every refusal. */
export interface Asked {
	readonly credentialName: string;
	readonly clientId: string;
	readonly tenantId: string;
	readonly url: string;
	/** Values of the request that must not come back in an error. */
	readonly secrets: readonly string[];
}

/** The words of OAuth for a service in trouble (RFC 6749 §4.1.2.1). */
const TRANSIENT_ERRORS: ReadonlySet<unknown> = new Set([
	"temporarily_unavailable",
	"server_error",
]);

/** The error for an answer that is no success: refused, redirected, or the service in trouble. */
export function refusal(asked: Asked, answer: HttpAnswer): AuthenticationError {
	const { status, requestId } = answer;
	if (status >= 300 && status < 400) return redirected(asked, answer);
	const document = jsonObject(answer.body);
	if (typeof document?.error !== "string") return wordless(asked, answer);

	const safe = withoutSecrets(document, asked.secrets);
	safe.correlation_id ??= requestId;
	const codes = aadstsCodes(safe);
	const isOutage =
		isOutageStatus(status) ||
		isTransientError(safe.error) ||
		isTransientCode(codes);
	return failed(asked, answer, safe, isOutage, aadstsHint(codes, safe.error));
}

/** Whether the service says that it is in trouble. */
export function isTransientError(error: unknown): boolean {
	return TRANSIENT_ERRORS.has(error);
}

function failed(
	asked: Asked,
	answer: HttpAnswer,
	document: Record<string, unknown>,
	isOutage: boolean,
	hint: string | undefined,
): AuthenticationError {
	const { clientId, credentialName, tenantId } = asked;
	const { notBefore, retryAfter, status } = answer;
	const said = sentence(document);
	const advice = isOutage ? tryAgain(retryAfter) : hint;
	const who = isAdfs(tenantId)
		? `ADFS at ${new URL(asked.url).host}`
		: "Microsoft Entra ID";
	const what = isOutage ? "could not answer" : "refused";
	const message = [
		`${credentialName}: ${who} ${what} (client ${clientId}, tenant ${tenantId}, status ${status}, ${document.error}).`,
		said,
		advice,
		`Correlation id: ${document.correlation_id}.`,
	];
	return new AuthenticationError(status, document, {
		message: message.filter(Boolean).join(" "),
		isOutage,
		notBefore,
		retryAfter,
	});
}

/** The first line of the description: what follows are ids and a time, which are in the fields. */
export function sentence(document: Record<string, unknown>): string {
	const text = String(document.error_description ?? "").trim();
	const line = text.split(/\r?\n| Trace ID: /)[0] ?? "";
	return line === "" || /[.!?]$/.test(line) ? line : `${line}.`;
}

function redirected(asked: Asked, answer: HttpAnswer): AuthenticationError {
	return unusable(
		asked,
		answer,
		"unexpected_redirect",
		`${answer.host} answered with a redirect (status ${answer.status}), which is not followed because it would take the request elsewhere. Check authorityHost and the proxy.`,
	);
}

/** An answer that is not Entra's: of a proxy, a gateway, or another server. Its body may hold anything, so none of it is shown. */
function wordless(asked: Asked, answer: HttpAnswer): AuthenticationError {
	const { retryAfter, status } = answer;
	const isOutage = isOutageStatus(status);
	const type = answer.header("content-type")?.split(";")[0];
	const advice = isOutage
		? tryAgain(retryAfter)
		: "Check authorityHost, and whether a proxy answers in the service's place.";
	return unusable(
		asked,
		answer,
		status === 400 ? "invalid_request" : "unknown_error",
		`${answer.host} answered with status ${status} and no error document (${redact(type ?? "no content type", asked.secrets)}). ${advice}`,
		isOutage,
	);
}

/** The error for an answer that says nothing we can use. */
export function unusable(
	asked: Asked,
	answer: HttpAnswer,
	error: string,
	reason: string,
	isOutage = false,
): AuthenticationError {
	const message = `${asked.credentialName}: ${reason}`;
	const { notBefore, requestId, retryAfter, status } = answer;
	return new AuthenticationError(
		status,
		{ error, error_description: message, correlation_id: requestId },
		{ message, isOutage, notBefore, retryAfter },
	);
}

function tryAgain(retryAfter: number | undefined): string {
	if (retryAfter === undefined) return "Try again later.";
	return `Try again in ${Math.ceil(retryAfter / 1_000)} seconds.`;
}

/** A service, or what stands in its place, may quote the request in its answer. Claims stay as they are: they must be sent back. */
function withoutSecrets(
	document: Record<string, unknown>,
	secrets: readonly string[],
): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(document).map(([name, value]) => [
			name,
			typeof value === "string" && name !== "claims"
				? redact(value, secrets)
				: value,
		]),
	);
}
