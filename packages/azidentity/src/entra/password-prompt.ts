import { AuthenticationError } from "../errors.ts";
import { jsonObject } from "../foundation/json-object.ts";
import type { Prompt, PromptRequest } from "../token.ts";
import { aadstsCodes } from "./aadsts-codes.ts";
import type { EntraClient } from "./entra-client.ts";

/** Wrong user name or password, says the service; also for accounts whose passwords it does not know. */
const WRONG_PASSWORD = 50126;

/**
 * Signs a person in by their password, which takes the place of a prompt (RFC 6749 §4.3). It is sent once.
 * The name and the password live in the closure, where no inspection prints them.
 */
export function passwordPrompt(
	credentialName: string,
	client: EntraClient,
	username: string,
	password: string,
): Prompt {
	return async (request) => {
		try {
			return await client.requestToken(
				request,
				{ grant_type: "password", username, password },
				undefined,
				{ anchorMailbox: `UPN:${username}` },
			);
		} catch (error) {
			if (!isWrongPassword(error)) throw error;
			throw (await isFederated(client, request, username))
				? federated(credentialName, error)
				: error;
		}
	};
}

function isWrongPassword(error: unknown): error is AuthenticationError {
	if (!(error instanceof AuthenticationError)) return false;
	const { errorCodes, errorDescription } = error.errorResponse;
	const codes = aadstsCodes({
		error_codes: errorCodes,
		error_description: errorDescription,
	});
	return codes.includes(WRONG_PASSWORD);
}

/** Asks who keeps the account's password. The password is not sent again, and no answer changes nothing. */
async function isFederated(
	client: EntraClient,
	request: PromptRequest,
	username: string,
): Promise<boolean> {
	try {
		const { token } = await client.endpoints(request);
		const url = new URL(
			`/common/UserRealm/${encodeURIComponent(username)}?api-version=1.0`,
			token,
		);
		const { body, status } = await client.get(url.href, request);
		const realm = status === 200 ? jsonObject(body) : undefined;
		return String(realm?.account_type).toLowerCase() === "federated";
	} catch {
		return false; // the refusal itself says enough
	}
}

function federated(
	credentialName: string,
	refusal: AuthenticationError,
): AuthenticationError {
	return new AuthenticationError(
		refusal.statusCode,
		{
			error: refusal.errorResponse.error,
			error_description: refusal.errorResponse.errorDescription,
			error_codes: refusal.errorResponse.errorCodes,
			correlation_id: refusal.errorResponse.correlationId,
		},
		{
			message: `${credentialName}: the account is federated: another identity provider keeps its password, and this credential only supports accounts that Microsoft Entra ID manages. Have the person sign in by a browser or a device code.`,
			cause: refusal,
		},
	);
}
