import {
	AuthenticationError,
	CredentialUnavailableErrorName,
} from "../errors.ts";
import { codeOf, redact, sanitisedCause } from "../foundation/redact.ts";

/** Why an attempt got no answer. The words are the `error` of the {@link AuthenticationError}. */
export type ConnectionProblem =
	| "network_error"
	| "timeout"
	| "tls_error"
	| "request_failed";

/** What an attempt ends with when its time is up. */
export function timeoutError(): Error {
	const error = new Error("The attempt took too long.");
	error.name = "TimeoutError";
	return error;
}

/** Codes of OpenSSL and Node for a certificate or a handshake that does not do. Asking again changes nothing. */
const TLS_CODE =
	/^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CRL_|ERROR_IN_CE?RT?L?_|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|EPROTO$)/;

/** Node's codes for a request that cannot be made at all, such as one with a line break in a header. */
const MISUSE_CODE = /^ERR_(?:INVALID|UNESCAPED|HTTP_INVALID)/;

/** Codes of the HTTP stack that say less than the message beside them. */
const VAGUE_CODE = /^(?:PARSE_ERROR|REQUEST_SEND_ERROR)$/;

const ADVICE: Readonly<Record<ConnectionProblem, string>> = {
	network_error:
		"Check the network, the proxy (HTTPS_PROXY, NO_PROXY, proxyOptions) and the authority host.",
	timeout: "Check the network and the proxy, or allow more time.",
	tls_error:
		"There is no connection that can be trusted: if the certificate is right, trust its authority with NODE_EXTRA_CA_CERTS or tlsOptions.ca; else find out what stands between here and the service.",
	request_failed: "It did not leave the HTTP pipeline; the cause says why.",
};

/** What an error from the pipeline or the HTTP client means. */
export function connectionProblem(error: unknown): ConnectionProblem {
	if (!(error instanceof Error)) return "request_failed";
	// Whatever its cause, a file that cannot be read is no failure of the network.
	if (error.name === CredentialUnavailableErrorName) return "request_failed";
	// Our own signal is told apart before; any other abort is a client's own time limit.
	if (error.name === "AbortError" || error.name === "TimeoutError")
		return "timeout";
	const code = codeOf(error);
	if (code !== undefined && TLS_CODE.test(code)) return "tls_error";
	if (code !== undefined && !MISUSE_CODE.test(code)) return "network_error";
	// The words of a client built on `fetch`, which has no codes of its own.
	return error.message === "fetch failed" ? "network_error" : "request_failed";
}

/** The error for a request that got no answer. The service may be well, but cannot be asked. */
export function connectionFailure(failed: {
	credentialName: string;
	url: string;
	error: unknown;
	attempts: number;
	requestId: string;
	secrets: readonly string[];
	/** What people should do, in place of what helps with a service on the internet. */
	advice: string | undefined;
}): AuthenticationError {
	const { credentialName, url, error, attempts, requestId, secrets } = failed;
	const problem = connectionProblem(error);
	const advice = failed.advice ?? ADVICE[problem];
	const what = problem === "timeout" ? "it did not answer in time" : reason();
	const tries = attempts === 1 ? "" : `, ${attempts} attempts`;
	const message = `${credentialName}: no answer from ${new URL(url).host} (${what}${tries}). ${advice}`;
	return new AuthenticationError(
		0,
		{ error: problem, error_description: message, correlation_id: requestId },
		{
			message,
			isOutage: problem !== "request_failed",
			cause: sanitisedCause(error, secrets),
		},
	);

	function reason(): string {
		const code = codeOf(error);
		if (code !== undefined && !VAGUE_CODE.test(code))
			return redact(code, secrets);
		return error instanceof Error ? redact(error.message, secrets) : problem;
	}
}
