import { AuthenticationError } from "../errors.ts";
import { redact, sanitisedCause } from "../foundation/redact.ts";
import type { SourceFailure } from "../token.ts";
import { assertionForm } from "./assertion-form.ts";
import type {
	ClientAssertionRequest,
	ClientProof,
	GetAssertion,
} from "./client-proof.ts";

/** The proof that a program's callback gets, asked for anew for each request. */
export function askedProof(
	credentialName: string,
	getAssertion: GetAssertion,
): ClientProof {
	return async ({ abortSignal, clientId, tokenEndpoint }) => {
		const request = { abortSignal, clientId, tokenEndpoint };
		const assertion = await calledBack(credentialName, getAssertion, request);
		return assertionForm(checked(credentialName, assertion));
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
