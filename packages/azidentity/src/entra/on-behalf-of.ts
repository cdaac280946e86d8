import { AuthenticationRequiredError } from "../errors.ts";
import type { TokenSource } from "../token.ts";
import type { ClientProof } from "./client-proof.ts";
import type { EntraClient } from "./entra-client.ts";
import { refreshFirst } from "./refresh-first.ts";

/**
 * Tokens on behalf of the bearer of an assertion: by the refresh token of the last grant, when there is
 * one that Entra takes, else by the assertion itself. Never the application's own: whatever happens, what
 * comes back is a token of that person or an error.
 */
export function onBehalfOf(
	credentialName: string,
	client: EntraClient,
	assertion: string,
	proof: ClientProof,
): TokenSource {
	const refreshed = refreshFirst(credentialName, client, proof);
	return async (request, held) => {
		try {
			return await refreshed(request, held);
		} catch (error) {
			// Everything else, the assertion would meet as well.
			if (!(error instanceof AuthenticationRequiredError)) throw error;
		}
		const parameters = {
			grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
			requested_token_use: "on_behalf_of",
			assertion,
		};
		return client.requestToken(request, parameters, proof);
	};
}
