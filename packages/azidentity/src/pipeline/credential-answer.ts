import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { CredentialUnavailableError } from "../errors.ts";

/** Refuses what is no credential. `name` is the function that was given it. */
export function checkCredential(name: string, credential: unknown): void {
	const { getToken } = (credential ?? {}) as { getToken?: unknown };
	if (typeof getToken === "function") return;
	throw new TypeError(
		`${name}: the argument credential is not a credential. Pass an object with a method getToken, such as new DefaultAzureCredential().`,
	);
}

/**
 * Asks a credential that anybody may have written. It is handed lists and options of its own, so that what it does to them
 * concerns nobody else; what it answers is a token, of which this is a copy, or an error.
 * @throws CredentialUnavailableError when it has none; TypeError when what it answers is no token; what it throws, if
 * that is an `Error`.
 */
export async function askCredential(
	name: string,
	credential: TokenCredential,
	scopes: string | readonly string[],
	options: GetTokenOptions,
): Promise<AccessToken> {
	let answer: unknown;
	try {
		answer = await credential.getToken(
			typeof scopes === "string" ? scopes : [...scopes],
			{ ...options },
		);
	} catch (error) {
		if (error instanceof Error) throw error;
		// Whoever catches it reads a name and a message. What was thrown may be a secret, so it is not shown.
		throw new Error(
			`${name}: the credential failed, and threw a value of type ${typeof error} in the place of an Error.`,
		);
	}
	return tokenFrom(name, answer);
}

function tokenFrom(name: string, answer: unknown): AccessToken {
	if (answer === null || answer === undefined)
		throw new CredentialUnavailableError(
			`${name}: the credential has no token for these scopes: it answered ${answer}.`,
		);
	const { token, expiresOnTimestamp, refreshAfterTimestamp, tokenType } =
		answer as Partial<AccessToken>;
	if (typeof token !== "string" || token === "") throw noToken(name, "token");
	if (!isTime(expiresOnTimestamp)) throw noToken(name, "expiresOnTimestamp");
	return Object.freeze({
		token,
		expiresOnTimestamp,
		...(isTime(refreshAfterTimestamp) && { refreshAfterTimestamp }),
		tokenType: tokenType ?? "Bearer",
	});
}

function isTime(value: unknown): value is number {
	return typeof value === "number" && Number.isFinite(value);
}

function noToken(name: string, member: string): TypeError {
	return new TypeError(
		`${name}: what the credential answered is no token: its member ${member} is missing or of the wrong type. A token has a text and a time in milliseconds since 1970.`,
	);
}
