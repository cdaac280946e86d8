import { AuthenticationError, AuthenticationRequiredError } from "../errors.ts";
import type { Prompt } from "../token.ts";
import type { ClientProof } from "./client-proof.ts";
import type { EntraClient } from "./entra-client.ts";

interface CodeParts {
	readonly code: string;
	/** The redirect URI by which it was asked for. */
	readonly redirectUri: string;
	/** What the challenge was made from that it was asked for with (RFC 7636). */
	readonly codeVerifier?: string | undefined;
}

/**
 * Redeems an authorization code, which takes the place of a prompt (RFC 6749 §4.1.3). A code works once: when
 * it has been redeemed, or refused, an AuthenticationRequiredError says that a new one is needed. After an
 * outage it may be tried again, since it may not have arrived.
 */
export function codePrompt(
	credentialName: string,
	client: EntraClient,
	{ code, codeVerifier, redirectUri }: CodeParts,
	proof: ClientProof | undefined,
): Prompt {
	let isSpent = false;
	return async (request) => {
		if (isSpent)
			throw new AuthenticationRequiredError({
				scopes: [...request.scopes],
				message: `${credentialName}: the authorization code has been used, and no token can be got without a new one. Send the person to sign in again, and make a credential of the code that comes back.`,
			});
		try {
			const grant = await client.requestToken(
				request,
				{
					grant_type: "authorization_code",
					code,
					redirect_uri: redirectUri,
					...(codeVerifier && { code_verifier: codeVerifier }),
				},
				proof,
			);
			isSpent = true;
			return grant;
		} catch (error) {
			isSpent = isRefusedCode(error);
			throw error;
		}
	};
}

function isRefusedCode(error: unknown): boolean {
	return (
		error instanceof AuthenticationError &&
		error.errorResponse.error === "invalid_grant"
	);
}
