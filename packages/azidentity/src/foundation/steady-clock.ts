/**
 * A clock that nobody sets, in milliseconds since some moment, beside one that tells the time: the system's beside the
 * system's, which stands still while the machine sleeps; any other clock is its own.
 */
export function steadyClockBeside(now: () => number): () => number {
	return now === Date.now ? () => performance.now() : now;
}
