import type {
	HttpClient,
	Pipeline,
	PipelineRequest,
	PipelineResponse,
} from "@azure/core-rest-pipeline";
import { CredentialUnavailableError } from "../errors.ts";
import { abortError } from "../foundation/abort.ts";
import { secretsIn } from "../foundation/redact.ts";
import { type Attempts, attempts } from "./attempts.ts";
import { connectionFailure } from "./connection-failure.ts";
import type {
	HttpAnswer,
	HttpInternals,
	HttpRequest,
	SendHttp,
} from "./http.ts";
import type { HttpOptions } from "./http-options.ts";
import { attemptTlsPolicy, buildPipeline, type Core } from "./pipeline.ts";
import { type RetryRule, retryAfter } from "./retry.ts";

/** A service that has not answered by then will not; waiting on would hold up every caller. */
const DEFAULT_TIMEOUT_MS = 30_000;

let core: Promise<Core> | undefined;
let sharedClient: HttpClient | undefined;

/** A sender with a pipeline of its own: what {@link httpSender} loads with the first request. */
export function pipelineSender(
	credentialName: string,
	options: HttpOptions,
	internals: HttpInternals,
	rule: RetryRule,
): SendHttp {
	const { isDirect = false, now = Date.now, setTimeout } = internals;
	const extraIdHeader = options.telemetryOptions?.clientRequestIdHeaderName;
	let pipeline: Pipeline | undefined;

	return async (request) => {
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
