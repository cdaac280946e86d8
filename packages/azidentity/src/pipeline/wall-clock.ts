import { delay, type SetTimeout } from "../foundation/abort.ts";

/** Resolves at a time, in milliseconds since 1970, or when nobody waits any more; at once when it is past. Never rejects. */
export type WaitUntil = (time: number) => Promise<void>;

interface WallClockParts {
	readonly now: () => number;
	/** Whether the wait keeps the process running. */
	readonly ref: boolean;
	readonly signal: AbortSignal;
	readonly setTimeout?: SetTimeout | undefined;
}

/** Timers do not count while a machine sleeps, and know nothing of a clock that is set: so often it is looked at. */
const LOOK_MS = 60_000;

/** A clock that was turned back by more than this says nothing of how long a token will live. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** Waits by the clock on the wall, which is what tokens expire by. */
export function wallClock(parts: WallClockParts): WaitUntil {
	const { now, ref, setTimeout: start = globalThis.setTimeout, signal } = parts;
	const setTimeout: SetTimeout = (callback, milliseconds) => {
		const timer = start(callback, milliseconds);
		if (!ref) (timer as Partial<NodeJS.Timeout>).unref?.();
		return timer;
	};
	return async (until) => {
		const earliest = now() - CLOCK_SLACK_MS;
		for (let time = now(); time < until && time > earliest; time = now()) {
			if (signal.aborted) return;
			const pause = Math.min(until - time, LOOK_MS);
			await delay(pause, { signal, setTimeout }).catch(() => {});
		}
	};
}
