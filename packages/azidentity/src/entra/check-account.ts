import { AuthenticationError } from "../errors.ts";
import type { Grant } from "../token.ts";

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
