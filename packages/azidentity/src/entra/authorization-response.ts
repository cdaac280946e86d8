import { AuthorizationResponseError, validateAuthResponse } from "oauth4webapi";
import { AuthenticationError } from "../errors.ts";
import { aliases, isKnownHost } from "../foundation/clouds.ts";
import { redact, secretsIn } from "../foundation/redact.ts";
import { aadstsCodes, isTransientCode } from "./aadsts-codes.ts";
import { aadstsHint } from "./aadsts-hints.ts";
import { isTransientError, sentence } from "./refusal.ts";

/** What an authorization response is compared with, and who asked. */
export interface AuthorizationContext {
	readonly credentialName: string;
	readonly clientId: string;
	readonly tenantId: string;
	/** Where the browser was sent. */
	readonly endpoint: string;
	readonly state: string;
	/** Values of the request that must not come back in an error. */
	readonly secrets: readonly string[];
}

/** A service's words are shown to people and written to logs; nobody needs more of them. */
const LONGEST_DESCRIPTION = 1_000;

/** Line breaks would forge lines of a log, and marks of direction would turn a text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * The code in what the browser brought back (RFC 6749 §4.1.2).
 * @throws AuthenticationError when the person or the service declined, or when it is no such answer.
 */
export function codeFrom(
	parameters: URLSearchParams,
	context: AuthorizationContext,
): string {
	const isOwn = isOwnIssuer(parameters.get("iss"), context.endpoint);
	const issuer = parameters.get("iss") ?? context.endpoint;
	try {
		// Its errors hold the parameters, the code among them, so none of them is handed on.
		const { clientId, state } = context;
		const client = { client_id: clientId };
		const valid = validateAuthResponse({ issuer }, client, parameters, state);
		const [code, ...others] = valid.getAll("code");
		if (code && others.length === 0 && isOwn) return code;
	} catch (error) {
		if (error instanceof AuthorizationResponseError)
			throw declined(error.error, error.error_description, {
				...context,
				secrets: [...context.secrets, ...secretsAmong(parameters)],
			});
	}
	const message = `${context.credentialName}: what the browser brought back from ${new URL(context.endpoint).host} is no answer to the sign-in. Try again; if it stays so, check authorityHost.`;
	throw new AuthenticationError(
		0,
		{ error: "invalid_response", error_description: message },
		{ message },
	);
}

/**
 * Whether the issuer that the answer names (RFC 9207) may be this authority's. Hosts are compared, because the whole
 * is not known beforehand: it has the id of a tenant that was asked for by name, or of the person's own.
 */
function isOwnIssuer(issuer: string | null, endpoint: string): boolean {
	if (issuer === null) return true;
	if (!URL.canParse(issuer)) return false;
	const { host } = new URL(issuer);
	const asked = new URL(endpoint).host;
	return aliases(asked).includes(host) || isKnownHost(host);
}

function declined(
	error: string,
	description: string | undefined,
	context: AuthorizationContext,
): AuthenticationError {
	const { clientId, credentialName, secrets, tenantId } = context;
	const document = {
		error: cleaned(error, secrets),
		error_description: cleaned(description ?? "", secrets),
	};
	const codes = aadstsCodes(document);
	const isOutage = isTransientError(document.error) || isTransientCode(codes);
	const isPersons = document.error === "access_denied";
	const message = [
		`${credentialName}: ${isPersons ? "the sign-in was cancelled or declined in the browser" : "Microsoft Entra ID refused the sign-in"} (client ${clientId}, tenant ${tenantId}, ${document.error}).`,
		sentence(document),
		isOutage ? "Try again later." : aadstsHint(codes, document.error),
	];
	return new AuthenticationError(
		0,
		{ ...document, ...(codes.length > 0 && { error_codes: codes }) },
		{ message: message.filter(Boolean).join(" "), isOutage },
	);
}

/** A service that says no has no code to give, but who knows what stands in its place. */
function secretsAmong(parameters: URLSearchParams): string[] {
	return [...parameters].flatMap(([name, value]) =>
		secretsIn({ [name]: value }),
	);
}

function cleaned(text: string, secrets: readonly string[]): string {
	const line = text.slice(0, LONGEST_DESCRIPTION).replace(UNPRINTABLE, " ");
	return redact(line.trim(), secrets);
}
