import { isAuthenticationError } from "../errors.ts";
import { abortable } from "../foundation/abort.ts";
import type { TokenSource } from "../token.ts";
import { type AssertionFile, assertionFile } from "./assertion-file.ts";
import { assertionForm } from "./assertion-form.ts";
import type { EntraClient } from "./entra-client.ts";

/** "The assertion is not within its valid time range": it was rotated away while it was under way, or the file lags. */
const OUT_OF_TIME = 700024;

/** Tokens for an application that trusts the issuer of what is in the file at `path`. Nothing is read before it is needed. */
export function fileSource(
	credentialName: string,
	client: EntraClient,
	path: string,
	now: (() => number) | undefined,
): TokenSource {
	return federatedSource(client, assertionFile(credentialName, path, now));
}

/**
 * Tokens for an application that trusts the issuer of the file's assertion (workload identity federation). An
 * assertion that Entra finds out of date is read once more, and a newer one is shown in its place.
 */
function federatedSource(
	client: EntraClient,
	file: AssertionFile,
): TokenSource {
	return async (request) => {
		let shown = "";
		const ask = (read: () => Promise<string>) =>
			client.requestToken(
				request,
				{ grant_type: "client_credentials" },
				async () => {
					shown = await read();
					return assertionForm(shown);
				},
			);
		try {
			return await ask(file.read);
		} catch (error) {
			if (!isOutOfTime(error)) throw error;
			const refused = shown;
			// Whatever is wrong with the file now, Entra's refusal is what happened.
			const reading = file.readAgain().catch(() => refused);
			const current = await abortable(reading, request.abortSignal);
			if (current === refused) throw error;
			return ask(async () => current);
		}
	};
}

function isOutOfTime(error: unknown): boolean {
	if (!isAuthenticationError(error)) return false;
	const {
		error: word,
		errorCodes = [],
		errorDescription,
	} = error.errorResponse;
	if (word !== "invalid_client") return false;
	return (
		errorCodes.includes(OUT_OF_TIME) ||
		errorDescription.includes(`AADSTS${OUT_OF_TIME}`)
	);
}
