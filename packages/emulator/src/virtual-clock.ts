/** A clock that can be moved. */
export interface VirtualClock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Moves the time by so many milliseconds; negative values turn it back. */
	advance(milliseconds: number): void;
}

/**
 * Puts a movable clock in the place of `Date.now` in this thread. The engine's library reads the time there and nowhere
 * else. A worker thread has a `Date` of its own, so whoever started the worker keeps the real time.
 */
export function replaceClock(): VirtualClock {
	const real = Date.now;
	let offset = 0;
	const now = () => real() + offset;
	Date.now = now;
	return {
		now,
		advance(milliseconds) {
			offset += milliseconds;
		},
	};
}
