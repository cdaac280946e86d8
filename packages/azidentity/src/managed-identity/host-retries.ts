import type { HttpInternals } from "../platform/http.ts";
import type { HttpOptions } from "../platform/http-options.ts";
import { type RetryRule, serviceRetries } from "../platform/retry.ts";

type Options = HttpOptions & HttpInternals;

/** What Azure's own client waits for the endpoints of hosts, which are near. */
const DELAYS = { retryDelayInMs: 800, maxRetryDelayInMs: 60_000 };

/** The rule for every host but IMDS. */
export function hostRetries(name: string, options: Options): RetryRule {
	const retryOptions = { ...DELAYS, ...options.retryOptions };
	return serviceRetries(name, retryOptions, options.random);
}

/** App Service may not know the identity of a new instance yet; it does after a moment, or never. */
const MOST_RETRIES_OF_NOT_FOUND = 3;

export function appServiceRetries(name: string, options: Options): RetryRule {
	const rule = hostRetries(name, options);
	return {
		...rule,
		retriesStatus: (status, failures) =>
			rule.retriesStatus(status, failures) ||
			(status === 404 && failures <= MOST_RETRIES_OF_NOT_FOUND),
	};
}

/** IMDS asks to be tried again after these: 404 while it updates, 410 for more than a minute. */
const IMDS_TRANSIENT = new Set([
	404, 408, 410, 429, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
]);

/** 2, 6, 14 and then 25 s, six times: 97 s, more than the 70 s that IMDS may need to update. */
const IMDS_DELAYS = {
	maxRetries: 6,
	retryDelayInMs: 2_000,
	maxRetryDelayInMs: 25_000,
};

/** Upward only, so that the sum of the waits is never less. */
const JITTER_SPAN = 0.3;

/** Whether IMDS was ever heard of. Where there is none, nobody waits for it to come back. */
export interface Contact {
	hasAnswered: boolean;
}

export function imdsRetries(
	name: string,
	options: Options,
	contact: Contact,
): RetryRule {
	const retryOptions = { ...IMDS_DELAYS, ...options.retryOptions };
	const { maxRetries } = serviceRetries(name, retryOptions); // checks the numbers
	const { retryDelayInMs, maxRetryDelayInMs } = retryOptions;
	const { random = Math.random } = options;
	const least = (failures: number) =>
		Math.min(retryDelayInMs * (2 ** failures - 1), maxRetryDelayInMs);
	return {
		maxRetries,
		retriesStatus(status) {
			contact.hasAnswered = true;
			return IMDS_TRANSIENT.has(status);
		},
		get retriesConnection() {
			return contact.hasAnswered;
		},
		backoff: (failures) => least(failures) * (1 + JITTER_SPAN * random()),
		leastWait: (failures, status) => (status === 410 ? least(failures) : 0),
	};
}
