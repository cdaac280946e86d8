/**
 * How a client shows who it is: what it adds to the form of a token request. Called once per
 * request on the network, never for a remembered token.
 */
export type ClientProof = (request: {
	/** Where the form goes: the audience of an assertion. */
	tokenEndpoint: string;
	clientId: string;
	/** Whether an ADFS server is asked, which reads only the older form of a certificate's assertion. */
	isAdfs: boolean;
	/** Fires when nobody waits for the token any more. */
	abortSignal: AbortSignal;
}) => Promise<Record<string, string>>;

/** Shows who the client is by a secret (RFC 6749 §2.3.1). The secret lives in the closure, where no inspection prints it. */
export function secretProof(secret: string): ClientProof {
	return async () => ({ client_secret: secret });
}
