import type { GetTokenOptions } from "@azure/core-auth";
import type { TlsSettings } from "@azure/core-rest-pipeline";
import { type SetTimeout, throwIfAborted } from "../foundation/abort.ts";
import type { HttpOptions } from "./http-options.ts";
import { type RetryRule, serviceRetries } from "./retry.ts";

/** What a credential decides, and what tests put in the place of the clock, of timers and of chance. */
export interface HttpInternals {
	/**
	 * Whether a service of this machine is asked. It is reached without the proxies that the environment
	 * names, over plain HTTP too; where it redirects to is not followed, and no more of an answer is read than
	 * a token could need.
	 */
	readonly isDirect?: boolean;
	readonly now?: () => number;
	readonly setTimeout?: SetTimeout;
	readonly random?: () => number;
}

/** TLS settings, and the name to ask a server for where that is not its host's. */
export type TlsOptions = TlsSettings & { readonly servername?: string };

/** One request, with as many attempts as its rule allows. */
export interface HttpRequest {
	readonly method: "GET" | "POST";
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** The body, as `application/x-www-form-urlencoded`. */
	readonly form?: Readonly<Record<string, string>>;
	/** The header that names each attempt, so that support can find it. */
	readonly requestIdHeader?: string;
	/** Ends everything at once, with an AbortError. */
	readonly abortSignal: AbortSignal;
	/** How long one attempt may take, its body included, in milliseconds. Default 30,000. */
	readonly timeout?: number | undefined;
	/** Which failures are worth another attempt. Default: those of a token service. */
	readonly retries?: RetryRule;
	/** Values beside those of the form that no error may show. */
	readonly secrets?: readonly string[];
	/** What people should do when there is no answer, in place of what helps with a service on the internet. */
	readonly advice?: string;
	/** TLS settings in place of `tlsOptions`, asked for before each attempt. Its CredentialUnavailableError is thrown as it is. */
	readonly tls?: () => Promise<TlsOptions>;
	readonly tracingOptions?: GetTokenOptions["tracingOptions"];
}

/** What came back, whatever its status. */
export interface HttpAnswer {
	readonly status: number;
	/** Who answered: the host of the last URL that was asked. */
	readonly host: string;
	readonly header: (name: string) => string | undefined;
	readonly body: string;
	/** When the attempt that was answered set out, in milliseconds since 1970. */
	readonly sentAt: number;
	/** The name of that attempt. */
	readonly requestId: string;
	/** How long the service wants to be left alone, in milliseconds, when it says so. */
	readonly retryAfter: number | undefined;
	/** The same as a time, in milliseconds since 1970. */
	readonly notBefore: number | undefined;
}

/**
 * Sends a request and resolves with the answer, whatever its status.
 * @throws AuthenticationError when there was no answer; an AbortError when the signal fired; what `tls` throws.
 */
export type SendHttp = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * A sender with a pipeline of its own. All that sends is loaded by the first request.
 * @throws TypeError when an option of the retries is not a number, or is negative.
 */
export function httpSender(
	credentialName: string,
	options: HttpOptions,
	internals: HttpInternals = {},
): SendHttp {
	const rule = serviceRetries(
		credentialName,
		options.retryOptions,
		internals.random,
	);
	let sender: SendHttp | undefined;
	return async (request) => {
		throwIfAborted(request.abortSignal);
		const { pipelineSender } = await import("./pipeline-sender.ts");
		sender ??= pipelineSender(credentialName, options, internals, rule);
		return sender(request);
	};
}
