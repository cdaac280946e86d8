import type { GetTokenOptions } from "@azure/core-auth";
import type {
	HttpClient,
	Pipeline,
	PipelineRequest,
	PipelineResponse,
	TlsSettings,
} from "@azure/core-rest-pipeline";
import { CredentialUnavailableError } from "../errors.ts";
import {
	abortError,
	type SetTimeout,
	throwIfAborted,
} from "../foundation/abort.ts";
import { secretsIn } from "../foundation/redact.ts";
import { type Attempts, attempts } from "./attempts.ts";
import { connectionFailure } from "./connection-failure.ts";
import type { HttpOptions } from "./http-options.ts";
import { attemptTlsPolicy, buildPipeline, type Core } from "./pipeline.ts";
import { type RetryRule, retryAfter, serviceRetries } from "./retry.ts";

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

/** A service that has not answered by then will not; waiting on would hold up every caller. */
const DEFAULT_TIMEOUT_MS = 30_000;

let core: Promise<Core> | undefined;
let sharedClient: HttpClient | undefined;

/** A sender with a pipeline of its own. The HTTP stack is loaded by the first request. */
export function httpSender(
	credentialName: string,
	options: HttpOptions,
	internals: HttpInternals = {},
): SendHttp {
	const { isDirect = false, now = Date.now, random, setTimeout } = internals;
	const rule = serviceRetries(credentialName, options.retryOptions, random);
	const extraIdHeader = options.telemetryOptions?.clientRequestIdHeaderName;
	let pipeline: Pipeline | undefined;

	return async (request) => {
		throwIfAborted(request.abortSignal);
		const { abortSignal, requestIdHeader, timeout } = request;
		const trying = attempts({
			credentialName,
			abortSignal,
			now,
			setTimeout,
			timeout: timeout && timeout > 0 ? timeout : DEFAULT_TIMEOUT_MS,
			rule: request.retries ?? rule,
			idHeaders: [requestIdHeader, extraIdHeader],
		});
		const loaded = await loadCore();
		pipeline ??= buildPipeline(loaded, options, isDirect);
		// The policies are shared; only the copy knows this request's attempts.
		const own = pipeline.clone();
		own.addPolicy(trying.policy, { phase: "Retry" });
		if (request.tls !== undefined)
			own.addPolicy(attemptTlsPolicy(request.tls), {
				afterPhase: "Retry",
			});
		try {
			const client = options.httpClient ?? defaultClient(loaded);
			const isPlainAllowed =
				isDirect || (options.allowInsecureConnection ?? false);
			const outgoing = pipelineRequest(loaded, request, isPlainAllowed);
			const response = await own.sendRequest(client, outgoing);
			return answerOf(response, outgoing.url, trying, now);
		} catch (error) {
			if (abortSignal.aborted) throw abortError();
			if (error instanceof CredentialUnavailableError) throw error;
			throw connectionFailure({
				credentialName,
				url: request.url,
				error,
				attempts: trying.count(),
				requestId: trying.requestId(),
				secrets: [...secretsIn(request.form ?? {}), ...(request.secrets ?? [])],
				advice: request.advice,
			});
		}
	};
}

/** One load for the process; one that failed is tried again by the next request. */
function loadCore(): Promise<Core> {
	core ??= import("@azure/core-rest-pipeline").catch((error) => {
		core = undefined;
		throw error;
	});
	return core;
}

/** One client for the process, so that credentials share connections. */
function defaultClient(loaded: Core): HttpClient {
	sharedClient ??= loaded.createDefaultHttpClient();
	return sharedClient;
}

function pipelineRequest(
	loaded: Core,
	request: HttpRequest,
	allowInsecureConnection: boolean,
): PipelineRequest {
	const { form, method, tracingOptions, url } = request;
	const headers = loaded.createHttpHeaders({ ...request.headers });
	if (form !== undefined)
		headers.set("Content-Type", "application/x-www-form-urlencoded");
	return loaded.createPipelineRequest({
		url,
		method,
		headers,
		allowInsecureConnection,
		...(form && { body: new URLSearchParams({ ...form }).toString() }),
		...(tracingOptions && { tracingOptions }),
	});
}

function answerOf(
	response: PipelineResponse,
	url: string,
	trying: Attempts,
	now: () => number,
): HttpAnswer {
	const header = (name: string) => response.headers.get(name);
	const wait = retryAfter(header, now());
	return {
		status: response.status,
		host: new URL(url).host,
		header,
		body: response.bodyAsText ?? "",
		sentAt: trying.sentAt(),
		requestId: trying.requestId(),
		retryAfter: wait,
		notBefore: wait === undefined ? undefined : now() + wait,
	};
}
