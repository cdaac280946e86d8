/** A clock that stands still until told to move. Give `clock.now` to whatever takes a `now`. */
export interface ManualClock {
	/** The time in milliseconds since 1970. */
	readonly now: () => number;
	/** Moves the time by so many milliseconds; negative values turn it back. */
	advance(milliseconds: number): void;
}

/** A {@link ManualClock} that starts at a moment in 2023 unless told otherwise. */
export function manualClock(start = 1_700_000_000_000): ManualClock {
	let time = start;
	return {
		now: () => time,
		advance(milliseconds) {
			time += milliseconds;
		},
	};
}

/** Milliseconds in so many seconds. */
export const seconds = (count: number): number => count * 1_000;
/** Milliseconds in so many minutes. */
export const minutes = (count: number): number => count * 60_000;
/** Milliseconds in so many hours. */
export const hours = (count: number): number => count * 3_600_000;
