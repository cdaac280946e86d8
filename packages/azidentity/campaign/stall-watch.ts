/** Who does not get the processor for so long cannot tell what took this long. */
const STALLED_MS = 25;

/** Watches whether this process is kept from running while it measures something else. */
export function stallWatch() {
	let longest = 0;
	let last = performance.now();
	const look = () => {
		const now = performance.now();
		longest = Math.max(longest, now - last);
		last = now;
	};
	const timer = setInterval(look, 1);
	return {
		/** Ends the watch. Returns whether the process was kept from running: then what was measured says nothing. */
		end(): boolean {
			clearInterval(timer);
			look();
			return longest > STALLED_MS;
		},
	};
}

/** A time in milliseconds, and whether it says nothing. */
export interface Measured {
	readonly ms: number;
	readonly isVoid: boolean;
}

/** The times that say something, as words for a table: half of them and all of them were at most so long. */
export function summaryOf(measured: readonly Measured[]): string {
	const times = measured
		.filter(({ isVoid }) => !isVoid)
		.map(({ ms }) => ms)
		.sort((one, other) => one - other);
	const median = times[Math.floor(times.length / 2)];
	if (median === undefined)
		return "no time could be taken, the machine was busy";
	const rest = measured.length - times.length;
	const left =
		rest > 0 ? ` (${rest} more while the machine was too busy to tell)` : "";
	return `median ${median.toFixed(1)} ms, at most ${times.at(-1)?.toFixed(1)} ms, of ${times.length}${left}`;
}
