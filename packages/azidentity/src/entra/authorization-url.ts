/** What an authorization request asks for, beyond who asks for what. */
export interface AuthorizationRequest {
	readonly redirectUri: string;
	readonly responseMode: string;
	/** Comes back with the answer. */
	readonly state: string;
	/** Comes back in the id token. */
	readonly nonce: string;
	/** The SHA-256 of the code verifier, in base64url (RFC 7636 §4.2). */
	readonly codeChallenge: string;
	/** Who is expected to sign in. */
	readonly loginHint: string | undefined;
}

/**
 * Where to send the browser (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
 * @param form Client, scopes, `client_info` and claims, as in every request of a person's sign-in.
 */
export function authorizationUrl(
	endpoint: string,
	form: Readonly<Record<string, string>>,
	request: AuthorizationRequest,
): string {
	const { loginHint } = request;
	const url = new URL(endpoint);
	const parameters: Record<string, string> = {
		...form,
		response_type: "code",
		response_mode: request.responseMode,
		redirect_uri: request.redirectUri,
		state: request.state,
		nonce: request.nonce,
		code_challenge: request.codeChallenge,
		code_challenge_method: "S256",
		// Entra refuses a choice of accounts together with a hint of one.
		prompt: loginHint === undefined ? "select_account" : "login",
		...(loginHint !== undefined && { login_hint: loginHint }),
		"client-request-id": crypto.randomUUID(),
	};
	for (const [name, value] of Object.entries(parameters))
		url.searchParams.set(name, value);
	return url.href;
}
