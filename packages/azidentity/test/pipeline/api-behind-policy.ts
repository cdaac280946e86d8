import {
	createEmptyPipeline,
	createHttpHeaders,
	createPipelineRequest,
	type HttpClient,
	type PipelineRequestOptions,
} from "@azure/core-rest-pipeline";
import { type BearerTokenPolicyOptions, bearerTokenPolicy } from "azidentity";

export const URL = "https://contoso.test/items";

/** What a resource answers: 200, or a 401 with this in `WWW-Authenticate`. */
type Verdict = string | undefined;

/** A pipeline with the policy alone, and a resource that judges what arrives. */
export function apiBehind(
	options: Partial<BearerTokenPolicyOptions>,
	judge: (authorization: string, url: string) => Verdict = () => undefined,
) {
	const pipeline = createEmptyPipeline();
	pipeline.addPolicy(
		bearerTokenPolicy({ scopes: "https://contoso.test/.default", ...options }),
	);
	const seen: string[] = [];
	const resource: HttpClient = {
		async sendRequest(request) {
			const authorization = request.headers.get("authorization") ?? "";
			seen.push(authorization);
			const challenge = judge(authorization, request.url);
			return {
				request,
				status: challenge === undefined ? 200 : 401,
				headers: createHttpHeaders(
					challenge ? { "WWW-Authenticate": challenge } : {},
				),
			};
		},
	};
	return {
		/** The `Authorization` headers that arrived. */
		seen,
		send: (request: Partial<PipelineRequestOptions> = {}) =>
			pipeline.sendRequest(
				resource,
				createPipelineRequest({ url: URL, ...request }),
			),
	};
}

/** A claims challenge; each number is another one. */
export function claimsChallenge(number = 1): string {
	const claims = btoa(claimsText(number));
	return `Bearer realm="", error="insufficient_claims", claims="${claims}"`;
}

export function claimsText(number = 1): string {
	return `{"access_token":{"nbf":{"essential":true,"value":"${number}"}}}`;
}
