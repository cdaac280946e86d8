import type {
	LogPolicyOptions,
	Pipeline,
	PipelinePolicy,
	PipelineResponse,
	RedirectPolicyOptions,
	TlsSettings,
} from "@azure/core-rest-pipeline";
import { VERSION } from "../foundation/version.ts";
import { bodyLimit } from "./body-limit.ts";
import type { HttpOptions } from "./http-options.ts";

/** The HTTP stack, once it is loaded. */
export type Core = typeof import("@azure/core-rest-pipeline");

/**
 * The policies for requests that carry secrets. They are named one by one, not taken from the
 * stack's own default set: that set follows redirects with a POST's body, and logs what must not be.
 */
export function buildPipeline(
	core: Core,
	options: HttpOptions,
	isDirect = false,
): Pipeline {
	const { loggingOptions = {}, tlsOptions, userAgentOptions } = options;
	const prefix = userAgentOptions?.userAgentPrefix;
	const own = `azidentity/${VERSION}`;
	const userAgentPrefix = prefix ? `${prefix} ${own}` : own;

	const pipeline = core.createEmptyPipeline();
	if (options.agent) pipeline.addPolicy(core.agentPolicy(options.agent));
	// Without options this policy reads HTTPS_PROXY and its like.
	if (!isDirect || options.proxyOptions !== undefined)
		pipeline.addPolicy(core.proxyPolicy(options.proxyOptions), {
			afterPolicies: [core.agentPolicyName],
		});
	if (tlsOptions !== undefined)
		pipeline.addPolicy(tlsPolicy(core.tlsPolicyName, tlsOptions), {
			afterPolicies: [core.proxyPolicyName],
		});
	if (isDirect) pipeline.addPolicy(bodyLimit(), { afterPhase: "Sign" });
	else pipeline.addPolicy(core.decompressResponsePolicy());
	pipeline.addPolicy(core.userAgentPolicy({ userAgentPrefix }));
	pipeline.addPolicy(
		core.tracingPolicy({ ...loggingOptions, userAgentPrefix }),
		{ afterPhase: "Retry" },
	);
	if (!isDirect)
		pipeline.addPolicy(redirectsOfGet(core, options.redirectOptions), {
			afterPhase: "Retry",
		});
	pipeline.addPolicy(discreetLog(core, loggingOptions), { afterPhase: "Sign" });
	for (const { policy, position } of options.additionalPolicies ?? [])
		pipeline.addPolicy(
			policy,
			position === "perRetry" ? { afterPhase: "Sign" } : {},
		);
	return pipeline;
}

/** TLS settings hold behind a proxy, too: a proxy's agent takes them from the request, not from the settings. */
function tlsPolicy(name: string, settings: TlsSettings): PipelinePolicy {
	return {
		name,
		sendRequest(request, next) {
			if (request.agent === undefined) request.tlsSettings ??= settings;
			else
				request.requestOverrides = { ...settings, ...request.requestOverrides };
			return next(request);
		},
	};
}

/** TLS settings that are asked for before each attempt, and take the place of all others. */
export function attemptTlsPolicy(
	settings: () => Promise<TlsSettings>,
): PipelinePolicy {
	return {
		name: "attemptTlsPolicy",
		async sendRequest(request, next) {
			const now = await settings();
			request.tlsSettings = now;
			// An agent, such as a proxy's, takes them from here.
			if (request.agent !== undefined)
				request.requestOverrides = { ...request.requestOverrides, ...now };
			return next(request);
		},
	};
}

/** Metadata may move. A body with a secret in it goes where it was sent, or nowhere. */
function redirectsOfGet(
	core: Core,
	options: RedirectPolicyOptions | undefined,
): PipelinePolicy {
	const redirects = core.redirectPolicy(options);
	return {
		name: core.redirectPolicyName,
		sendRequest: (request, next) =>
			request.method === "GET"
				? redirects.sendRequest(request, next)
				: next(request),
	};
}

/** What of an answer helps to find a request again, or to see why it was repeated. */
const LOGGED_ANSWER_HEADERS = [
	"client-request-id",
	"date",
	"retry-after",
	"x-ms-request-id",
];

/**
 * The stack's log, shown a request without agent and TLS settings and an answer with the headers
 * above: it would print private keys, the proxy's password, and every header of an answer.
 */
function discreetLog(core: Core, options: LogPolicyOptions): PipelinePolicy {
	const log = core.logPolicy(options);
	const { additionalAllowedHeaderNames = [] } = options;
	const names = [...LOGGED_ANSWER_HEADERS, ...additionalAllowedHeaderNames];
	return {
		name: core.logPolicyName,
		async sendRequest(request, next) {
			const { headers, method, requestId, url } = request;
			const asked = { url, method, headers, requestId };
			let answer: PipelineResponse | undefined;
			await log.sendRequest(core.createPipelineRequest(asked), async () => {
				answer = await next(request);
				const shown = core.createHttpHeaders();
				for (const name of names) {
					const value = answer.headers.get(name);
					if (value !== undefined) shown.set(name, value);
				}
				return { request, status: answer.status, headers: shown };
			});
			// The log resolves only with what it was given, so there is an answer now.
			return answer as PipelineResponse;
		},
	};
}
