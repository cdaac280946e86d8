import { AuthenticationError } from "../errors.ts";
import { redact, sanitisedCause } from "../foundation/redact.ts";
import type { SourceFailure } from "../token.ts";

/** What a callback is told about the assertion that it is to get. */
export interface ClientAssertionRequest {
	/** The URL that the request goes to: the audience (`aud`) of an assertion that the program signs. */
	tokenEndpoint: string;
	/** The application: issuer and subject of an assertion that the program signs. */
	clientId: string;
	/** Fires when nobody waits for the token any more. */
	abortSignal: AbortSignal;
}

/** Gets an assertion. It may ignore its argument. */
export type GetAssertion = (request: ClientAssertionRequest) => Promise<string>;

/** What a proof is for: one request for a token. */
export interface ProofRequest extends ClientAssertionRequest {
	/** Whether an ADFS server is asked, which reads only the older form of a certificate's assertion. */
	isAdfs: boolean;
}

/**
 * How a client shows who it is: what it adds to the form of a token request. Called once per
 * request on the network, never for a remembered token.
 */
export type ClientProof = (
	request: ProofRequest,
) => Promise<Record<string, string>>;

/** Shows who the client is by a secret (RFC 6749 §2.3.1). The secret lives in the closure, where no inspection prints it. */
export function secretProof(secret: string): ClientProof {
	return async () => ({ client_secret: secret });
}

/**
 * Shows who the client is by an assertion that somebody else makes (RFC 7523 §2.2): the program, or
 * the platform it runs on. A callback that fails by an AbortError or a CredentialUnavailableError
 * fails the proof with that same error.
 * @throws AuthenticationError with `assertion_callback_failed` or `invalid_assertion` as its word
 * when there is no assertion to send.
 */
export function assertionProof(
	credentialName: string,
	getAssertion: GetAssertion,
): ClientProof {
	return async ({ abortSignal, clientId, tokenEndpoint }) => {
		const request = { abortSignal, clientId, tokenEndpoint };
		const assertion = await calledBack(credentialName, getAssertion, request);
		return assertionForm(checked(credentialName, assertion));
	};
}

/** What a form says when an assertion proves the client (RFC 7521 §4.2). */
export function assertionForm(assertion: string): Record<string, string> {
	return {
		client_assertion_type:
			"urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		client_assertion: assertion,
	};
}

async function calledBack(
	credentialName: string,
	getAssertion: GetAssertion,
	request: ClientAssertionRequest,
): Promise<unknown> {
	try {
		return await getAssertion(request);
	} catch (error) {
		if (isForTheCaller(error)) throw error;
		const cause = sanitisedCause(error);
		throw noAssertion(
			credentialName,
			"assertion_callback_failed",
			`the callback that gets the client assertion failed, so nothing was sent to Microsoft Entra ID. It said: ${cause.name}: ${cause.message}`,
			{ cause, ...failureOf(error) },
		);
	}
}

/** A caller who left, and a chain that looks for "could not even try", know these by their names. */
function isForTheCaller(error: unknown): boolean {
	const { name } = (error ?? {}) as { name?: unknown };
	return name === "AbortError" || name === "CredentialUnavailableError";
}

/** What a credential behind the callback says of its service: it is as true of this token as of its own. */
function failureOf(error: unknown): SourceFailure & { retryAfter?: number } {
	if (!(error instanceof AuthenticationError)) return {};
	const { isOutage, notBefore, retryAfter } = error;
	return {
		...(isOutage !== undefined && { isOutage }),
		...(notBefore !== undefined && { notBefore }),
		...(retryAfter !== undefined && { retryAfter }),
	};
}

function checked(credentialName: string, assertion: unknown): string {
	// What is read from a file often ends with a line break, and no assertion does.
	const text = typeof assertion === "string" ? assertion.trim() : undefined;
	if (text) return text;
	const what = text === undefined ? `no text (${kindOf(assertion)})` : "empty";
	throw noAssertion(
		credentialName,
		"invalid_assertion",
		`the client assertion that the callback returned is ${what}, so nothing was sent to Microsoft Entra ID. Return the JWT itself.`,
	);
}

function kindOf(value: unknown): string {
	return value === null ? "null" : typeof value;
}

function noAssertion(
	credentialName: string,
	error: string,
	reason: string,
	more: SourceFailure & { cause?: Error; retryAfter?: number } = {},
): AuthenticationError {
	const message = redact(`${credentialName}: ${reason}`);
	const body = { error, error_description: message };
	return new AuthenticationError(0, body, { message, ...more });
}
