import type {
	PipelinePolicy,
	PipelineRequest,
	PipelineResponse,
	SendRequest,
} from "@azure/core-rest-pipeline";
import {
	abortable,
	delay,
	type SetTimeout,
	startTimer,
	throwIfAborted,
} from "../foundation/abort.ts";
import { log } from "../foundation/log.ts";
import { connectionProblem, timeoutError } from "./connection-failure.ts";
import { LONGEST_RETRY_AFTER_MS, type RetryRule, retryAfter } from "./retry.ts";

/** The attempts at one request, and what is known of the last one. */
export interface Attempts {
	/** Makes the attempts; its place is the pipeline's retry phase. */
	readonly policy: PipelinePolicy;
	readonly count: () => number;
	/** When the last attempt set out, in milliseconds since 1970. */
	readonly sentAt: () => number;
	/** The name of the last attempt. */
	readonly requestId: () => string;
}

type Outcome = { response: PipelineResponse } | { error: unknown };

interface AttemptsOptions {
	readonly credentialName: string;
	readonly abortSignal: AbortSignal;
	readonly now: () => number;
	readonly setTimeout: SetTimeout | undefined;
	/** How long one attempt may take, in milliseconds. */
	readonly timeout: number;
	readonly rule: RetryRule;
	/** The headers that carry an attempt's name. */
	readonly idHeaders: readonly (string | undefined)[];
}

export function attempts(options: AttemptsOptions): Attempts {
	const { abortSignal, credentialName, now, rule } = options;
	const last = { count: 0, sentAt: 0, requestId: "" };

	function setOut(outgoing: PipelineRequest): void {
		last.count += 1;
		last.sentAt = now();
		last.requestId = crypto.randomUUID();
		outgoing.requestId = last.requestId;
		for (const name of options.idHeaders)
			if (name !== undefined) outgoing.headers.set(name, last.requestId);
	}

	async function sendRequest(outgoing: PipelineRequest, next: SendRequest) {
		for (;;) {
			throwIfAborted(abortSignal);
			setOut(outgoing);
			const outcome = await attempt(outgoing, next, options);
			throwIfAborted(abortSignal);
			const wait = waitAfter(outcome, last.count, rule, now());
			if (wait === undefined) return conclude(outcome);
			log.verbose(
				`${credentialName} => attempt ${last.count} failed (${describe(outcome)}); trying again in ${Math.round(wait)} ms`,
			);
			await delay(wait, withTimer(options));
		}
	}

	return {
		count: () => last.count,
		sentAt: () => last.sentAt,
		requestId: () => last.requestId,
		policy: { name: "attemptsPolicy", sendRequest },
	};
}

/** One attempt, with a limit on all of it: headers and body. */
async function attempt(
	outgoing: PipelineRequest,
	next: SendRequest,
	options: AttemptsOptions,
): Promise<Outcome> {
	const { abortSignal, setTimeout, timeout } = options;
	const controller = new AbortController();
	const leave = () => controller.abort();
	let isLate = false;
	const expire = () => {
		isLate = true;
		controller.abort();
	};
	const stop = startTimer(timeout, expire, setTimeout);
	abortSignal.addEventListener("abort", leave, { once: true });
	outgoing.abortSignal = controller.signal;
	try {
		// A client may not listen to the signal; the caller is freed all the same.
		const response = await abortable(next(outgoing), controller.signal);
		return { response };
	} catch (error) {
		return { error: isLate ? timeoutError() : error };
	} finally {
		stop();
		abortSignal.removeEventListener("abort", leave);
	}
}

/** How long to wait before the next attempt; undefined when there is to be none. */
function waitAfter(
	outcome: Outcome,
	count: number,
	rule: RetryRule,
	now: number,
): number | undefined {
	if (count > rule.maxRetries) return undefined;
	if ("error" in outcome) {
		const problem = connectionProblem(outcome.error);
		const mayPass = problem === "network_error" || problem === "timeout";
		if (!rule.retriesConnection || !mayPass) return undefined;
		return rule.backoff(count, undefined);
	}
	const { headers, status } = outcome.response;
	if (!rule.retriesStatus(status, count)) return undefined;
	const wish = retryAfter((name) => headers.get(name), now);
	if (wish === undefined) return rule.backoff(count, status);
	if (wish > LONGEST_RETRY_AFTER_MS) return undefined;
	return Math.max(wish, rule.leastWait?.(count, status) ?? 0);
}

function conclude(outcome: Outcome): PipelineResponse {
	if ("error" in outcome) throw outcome.error;
	return outcome.response;
}

function describe(outcome: Outcome): string {
	return "error" in outcome
		? connectionProblem(outcome.error)
		: `status ${outcome.response.status}`;
}

function withTimer({ abortSignal: signal, setTimeout }: AttemptsOptions) {
	return setTimeout === undefined ? { signal } : { signal, setTimeout };
}
