/** Which failures are worth another attempt, and how long to wait before it. */
export interface RetryRule {
	/** How many attempts may follow the first. */
	readonly maxRetries: number;
	/** Whether an answer with this status is worth another attempt, after so many failed ones. */
	readonly retriesStatus: (status: number, failures: number) => boolean;
	/** Whether an attempt that got no answer is worth another one. */
	readonly retriesConnection: boolean;
	/** How long to wait, in milliseconds, after so many failed attempts; the service's own wish comes first. */
	readonly backoff: (failures: number, status: number | undefined) => number;
	/** How long to wait at least, in milliseconds, whatever shorter time the service names. Default 0. */
	readonly leastWait?: (failures: number, status: number) => number;
}

/** The wishes of a program, as in `retryOptions` of every Azure client. */
export interface RetryOptions {
	/** How many attempts may follow the first. Default 3. */
	maxRetries?: number;
	/** How long to wait before the second attempt, in milliseconds; it doubles each time. Default 1,000. */
	retryDelayInMs?: number;
	/** The longest wait of our own, in milliseconds. Default 64,000. */
	maxRetryDelayInMs?: number;
}

/** For what must not be sent twice: a code, a password, a poll that has a rhythm of its own. */
export const NO_RETRIES: RetryRule = {
	maxRetries: 0,
	retriesStatus: () => false,
	retriesConnection: false,
	backoff: () => 0,
};

/** A service that asks for a longer wait than this gets it from the caller, who is told, not from us. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);

/** A second doubling to a minute is what Azure clients wait, and what their documentation promises. */
const DEFAULT_DELAY_MS = 1_000;
const DEFAULT_LONGEST_DELAY_MS = 64_000;

/** Programs that failed together must not come back together: each waits 0.8 to 1.3 of the time. */
const JITTER_FROM = 0.8;
const JITTER_SPAN = 0.5;

/**
 * The rule for a token service.
 * @throws TypeError when an option is not a number, or is negative.
 */
export function serviceRetries(
	credentialName: string,
	options: RetryOptions = {},
	random: () => number = Math.random,
): RetryRule {
	const {
		maxRetries = 3,
		retryDelayInMs = DEFAULT_DELAY_MS,
		maxRetryDelayInMs = DEFAULT_LONGEST_DELAY_MS,
	} = options;
	const numbers = { maxRetries, retryDelayInMs, maxRetryDelayInMs };
	for (const [name, value] of Object.entries(numbers)) {
		if (typeof value === "number" && value >= 0) continue;
		throw new TypeError(
			`${credentialName}: the option retryOptions.${name} must be a number, 0 or more.`,
		);
	}
	return {
		maxRetries,
		retriesStatus: (status) => TRANSIENT.has(status),
		retriesConnection: true,
		backoff(failures) {
			const jitter = JITTER_FROM + JITTER_SPAN * random();
			const wait = retryDelayInMs * 2 ** (failures - 1) * jitter;
			return Math.min(wait, maxRetryDelayInMs);
		},
	};
}

/**
 * How long the service wants to be left alone, in milliseconds: from `retry-after-ms`,
 * `x-ms-retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110 §10.2.3).
 * Undefined when it says nothing that can be understood.
 */
export function retryAfter(
	header: (name: string) => string | undefined,
	now: number,
): number | undefined {
	for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
		const milliseconds = wholeNumber(header(name));
		if (milliseconds !== undefined) return milliseconds;
	}
	const text = header("retry-after")?.trim();
	const seconds = wholeNumber(text);
	if (seconds !== undefined) return seconds * 1_000;
	// Only what looks like a date: `Date.parse` makes one out of "-5" too.
	if (text === undefined || !/^[A-Za-z]{3,}/.test(text)) return undefined;
	const date = Date.parse(text);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function wholeNumber(text: string | undefined): number | undefined {
	return text !== undefined && /^\s*\d{1,12}\s*$/.test(text)
		? Number(text)
		: undefined;
}
