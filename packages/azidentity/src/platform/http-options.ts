import type {
	HttpClient,
	LogPolicyOptions,
	PipelineOptions,
	PipelinePolicy,
} from "@azure/core-rest-pipeline";

/** A policy that a program adds, and whether it runs once per request or once per attempt. */
export interface AdditionalPolicyConfig {
	policy: PipelinePolicy;
	position: "perCall" | "perRetry";
}

/** The HTTP options of every Azure client, under the same names. */
export interface HttpOptions extends PipelineOptions {
	/** Sends the requests, in place of the client of this process. */
	httpClient?: HttpClient;
	/** Policies to add to the pipeline. */
	additionalPolicies?: AdditionalPolicyConfig[];
	/** Whether plain HTTP is allowed. No authority is ever asked over it. */
	allowInsecureConnection?: boolean;
	/** What the pipeline's log may show. Bodies are never in it. */
	loggingOptions?: LogPolicyOptions;
}
