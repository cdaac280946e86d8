import { late } from "../foundation/late.ts";

/** What a callback is told about the assertion that it is to get. */
export interface ClientAssertionRequest {
	/** The URL that the request goes to: the audience (`aud`) of an assertion that the program signs. */
	tokenEndpoint: string;
	/** The application: issuer and subject of an assertion that the program signs. */
	clientId: string;
	/** Fires when nobody waits for the token any more. */
	abortSignal: AbortSignal;
}

/** Gets an assertion. It may ignore its argument. */
export type GetAssertion = (request: ClientAssertionRequest) => Promise<string>;

/** What a proof is for: one request for a token. */
export interface ProofRequest extends ClientAssertionRequest {
	/** Whether an ADFS server is asked, which reads only the older form of a certificate's assertion. */
	isAdfs: boolean;
}

/**
 * How a client shows who it is: what it adds to the form of a token request. Called once per
 * request on the network, never for a remembered token.
 */
export type ClientProof = (
	request: ProofRequest,
) => Promise<Record<string, string>>;

/** Shows who the client is by a secret (RFC 6749 §2.3.1). The secret lives in the closure, where no inspection prints it. */
export function secretProof(secret: string): ClientProof {
	return async () => ({ client_secret: secret });
}

/**
 * Shows who the client is by an assertion that somebody else makes (RFC 7523 §2.2): the program, or
 * the platform it runs on. A callback that fails by an AbortError or a CredentialUnavailableError
 * fails the proof with that same error.
 * @throws AuthenticationError with `assertion_callback_failed` or `invalid_assertion` as its word
 * when there is no assertion to send.
 */
export function assertionProof(
	credentialName: string,
	getAssertion: GetAssertion,
): ClientProof {
	return late(async () => {
		const { askedProof } = await import("./assertion-proof.ts");
		return askedProof(credentialName, getAssertion);
	});
}
