/** So often a line is written where there is no terminal. */
const EVERY_MS = 10_000;
const EVERY_ON_TERMINAL_MS = 200;

/** Shows on the standard error how far a run is, and what is left. */
export function progressOf(name: string, unit: string, budget: number) {
	const { isTTY } = process.stderr;
	const started = performance.now();
	let shown = started;
	return {
		show(done: number, all = budget): void {
			const now = performance.now();
			if (now - shown < (isTTY ? EVERY_ON_TERMINAL_MS : EVERY_MS)) return;
			shown = now;
			const left = done > 0 ? ((now - started) / done) * (all - done) : 0;
			const line = `${name}: ${done} of ${all} ${unit}, ${timeOf(left)} left`;
			process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`);
		},
		/** Ends it, and returns how long it took in milliseconds. */
		end(): number {
			if (isTTY) process.stderr.write("\r\x1b[K");
			return performance.now() - started;
		},
	};
}

/** Such as "2 min 05 s". */
export function timeOf(milliseconds: number): string {
	const seconds = Math.round(milliseconds / 1_000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60)
		return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
	return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
