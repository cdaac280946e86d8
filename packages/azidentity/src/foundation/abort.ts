/** Starts a timer, as the global `setTimeout` does. */
export type SetTimeout = (
	callback: () => void,
	milliseconds: number,
) => unknown;

/** Timers take no more than this, about 25 days; anything longer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The error of a caller who left: its `name` is `AbortError`. */
export function abortError(message = "The operation was aborted."): Error {
	const error = new Error(message);
	error.name = "AbortError";
	return error;
}

export function throwIfAborted(
	signal: { readonly aborted: boolean } | undefined,
): void {
	if (signal?.aborted) throw abortError();
}

/** The promise, or an AbortError as soon as `signal` fires, whether or not the work behind it listens. */
export function abortable<T>(
	promise: Promise<T>,
	signal: AbortSignal,
): Promise<T> {
	return new Promise((resolve, reject) => {
		const leave = () => reject(abortError());
		const settle = () => signal.removeEventListener("abort", leave);
		promise.then(resolve, reject).finally(settle);
		if (signal.aborted) return leave();
		signal.addEventListener("abort", leave, { once: true });
	});
}

/** Calls back after so many milliseconds, unless the function it returns is called before. */
export function startTimer(
	milliseconds: number,
	callback: () => void,
	setTimeout: SetTimeout = globalThis.setTimeout,
): () => void {
	const timer = setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER_MS));
	return () => clearTimeout(timer as NodeJS.Timeout);
}

/** Resolves after so many milliseconds; an AbortError as soon as `signal` fires. */
export function delay(
	milliseconds: number,
	options: { signal?: AbortSignal; setTimeout?: SetTimeout } = {},
): Promise<void> {
	const { signal, setTimeout } = options;
	return new Promise((resolve, reject) => {
		if (signal?.aborted) return reject(abortError());
		const leave = () => {
			stop();
			reject(abortError());
		};
		const stop = startTimer(
			milliseconds,
			() => {
				signal?.removeEventListener("abort", leave);
				resolve();
			},
			setTimeout,
		);
		signal?.addEventListener("abort", leave, { once: true });
	});
}
