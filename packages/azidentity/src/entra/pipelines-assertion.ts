import { AuthenticationError } from "../errors.ts";
import { jsonObject } from "../foundation/json-object.ts";
import { redact } from "../foundation/redact.ts";
import type { HttpAnswer, SendHttp } from "../platform/http.ts";
import type { Errand } from "./entra-client.ts";
import { isOutageStatus } from "./outage-status.ts";

/** What Azure Pipelines gives a job, and what a program says of it. */
export interface PipelineJob {
	readonly credentialName: string;
	/** The address of the job's endpoint for tokens: SYSTEM_OIDCREQUESTURI. */
	readonly requestUri: URL;
	readonly serviceConnectionId: string;
	/** The job's own token for Azure DevOps. It goes to `requestUri` and nowhere else. */
	readonly systemAccessToken: string;
	readonly send: SendHttp;
}

/** The headers by which Azure DevOps finds a request again. */
export const TRACE_HEADERS = ["x-vss-e2eid", "x-msedge-ref"] as const;

const API_VERSION = "7.1";

/** An error page may be long; what it is about stands at its beginning. */
const LONGEST_EXCERPT = 1_000;

/**
 * Gets a token by which Azure Pipelines vouches for the job, as long as Entra trusts the service connection.
 * Each call gets a new one: they live for minutes.
 * @throws AuthenticationError when there is none to be had; an AbortError.
 */
export function pipelinesAssertion(
	job: PipelineJob,
): (errand: Errand) => Promise<string> {
	const { requestUri, send, serviceConnectionId, systemAccessToken } = job;
	const url = new URL(requestUri);
	url.searchParams.set("api-version", API_VERSION);
	url.searchParams.set("serviceConnectionId", serviceConnectionId);
	return async ({ abortSignal, timeout, tracingOptions }) => {
		const answer = await send({
			method: "POST",
			url: url.href,
			headers: {
				Accept: "application/json",
				Authorization: `Bearer ${systemAccessToken}`,
				"Content-Type": "application/json",
				// A token that is not accepted is then told by a status, and not by a sign-in page.
				"X-TFS-FedAuthRedirect": "Suppress",
			},
			secrets: [systemAccessToken],
			advice:
				"It is the endpoint of the pipeline, named by SYSTEM_OIDCREQUESTURI: check that the agent reaches it.",
			abortSignal,
			timeout,
			...(tracingOptions && { tracingOptions }),
		});
		if (answer.status !== 200) throw refused(job, answer);
		const token = jsonObject(answer.body)?.oidcToken;
		if (typeof token === "string" && token !== "") return token;
		throw withoutToken(job, answer);
	};
}

function refused(job: PipelineJob, answer: HttpAnswer): AuthenticationError {
	const secrets = [job.systemAccessToken];
	const said = String(jsonObject(answer.body)?.message ?? "");
	const words = redact(said, secrets).slice(0, LONGEST_EXCERPT);
	const reason = words.replace(/[\s.]+$/, "");
	// Whatever counts as a success may hold a token.
	const body = answer.status < 300 ? "" : answer.body;
	const excerpt = redact(body, secrets).slice(0, LONGEST_EXCERPT);
	return failure(job, answer, "oidc_request_failed", excerpt, [
		`Azure Pipelines gave no OIDC token (status ${answer.status}).`,
		reason && `It says: ${reason}.`,
		isOutageStatus(answer.status) ? "Try again later." : advice(answer.status),
	]);
}

/** The answer is not shown: the token may be in it, under a name we do not know. */
function withoutToken(
	job: PipelineJob,
	answer: HttpAnswer,
): AuthenticationError {
	return failure(job, answer, "oidc_token_missing", "", [
		"the answer of Azure Pipelines holds no oidcToken.",
		"Check SYSTEM_OIDCREQUESTURI, and whether a proxy answers in the pipeline's place.",
	]);
}

function failure(
	{ credentialName, systemAccessToken }: PipelineJob,
	answer: HttpAnswer,
	error: string,
	excerpt: string,
	sentences: string[],
): AuthenticationError {
	const { notBefore, retryAfter, status } = answer;
	const [endToEndId, edgeRef] = TRACE_HEADERS.map((name) => {
		const value = answer.header(name);
		return value && redact(value, [systemAccessToken]);
	});
	const traces = [
		endToEndId && `${TRACE_HEADERS[0]}: ${endToEndId}`,
		edgeRef && `${TRACE_HEADERS[1]}: ${edgeRef}`,
	].filter(Boolean);
	const names = traces.length > 0 && `(${traces.join(", ")})`;
	const message = `${credentialName}: ${[...sentences, names].filter(Boolean).join(" ")}`;
	const document = {
		error,
		error_description: excerpt || message,
		correlation_id: endToEndId,
		trace_id: edgeRef,
	};
	const isOutage = isOutageStatus(status);
	const details = { message, isOutage, notBefore, retryAfter };
	return new AuthenticationError(status, document, details);
}

function advice(status: number): string {
	return status === 403 || status === 404
		? "Check the id of the service connection, and that this pipeline may use it."
		: "Check that systemAccessToken is the job's own: map it into the step by SYSTEM_ACCESSTOKEN: $(System.AccessToken).";
}
