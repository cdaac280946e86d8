import { AuthenticationError } from "../errors.ts";
import type { Account, Grant } from "../token.ts";

/**
 * Refuses a grant for somebody else than was asked for: nothing of it may be remembered or handed out.
 * @throws AuthenticationError
 */
export function checkAccount(
	credentialName: string,
	{ homeAccountId }: Grant,
	expected: string | undefined,
): void {
	if (homeAccountId === undefined || expected === undefined) return;
	if (homeAccountId === expected) return;
	const message = `${credentialName}: another account signed in than the one asked for. Sign in with that account, or leave the option authenticationRecord out.`;
	throw new AuthenticationError(
		200,
		{ error: "account_mismatch", error_description: message },
		{ message },
	);
}

/**
 * Who signed in. Tokens of nobody in particular cannot be kept apart from somebody's.
 * @throws AuthenticationError when nobody is named, or somebody else than was asked for.
 */
export function accountOf(
	credentialName: string,
	grant: Grant,
	expected: string | undefined,
): Account {
	const { account } = grant;
	if (account !== undefined) {
		checkAccount(credentialName, grant, expected);
		return account;
	}
	const message = `${credentialName}: the answer does not say who signed in: it has neither an id token nor client_info. Check authorityHost, and whether a proxy answers in the service's place.`;
	throw new AuthenticationError(
		200,
		{ error: "invalid_response", error_description: message },
		{ message },
	);
}
