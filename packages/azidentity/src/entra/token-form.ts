import type { TokenRequest } from "../token.ts";
import { requestClaims } from "./claims.ts";

/** What every person's sign-in asks for besides the caller's scopes: who it is, and a refresh token. */
const OIDC_SCOPES = ["openid", "profile", "offline_access"];

/**
 * The part of a token request's form that every grant has, and for a person's grant what says who
 * it is (`client_info`).
 * @throws TypeError when the claims cannot be a claims request.
 */
export function tokenForm(
	credentialName: string,
	clientId: string,
	request: TokenRequest,
	isUserGrant: boolean,
): Record<string, string> {
	const { cae, scopes } = request;
	const claims = requestClaims(credentialName, request.claims, cae);
	return {
		client_id: clientId,
		scope: (isUserGrant ? withOidc(scopes) : scopes).join(" "),
		...(isUserGrant && { client_info: "1" }),
		...(claims !== undefined && { claims }),
	};
}

function withOidc(scopes: readonly string[]): string[] {
	const known = new Set(scopes.map((scope) => scope.toLowerCase()));
	return [...scopes, ...OIDC_SCOPES.filter((scope) => !known.has(scope))];
}
