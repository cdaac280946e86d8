import { setImmediate as turn } from "node:timers/promises";

/** Time that passes only when told to, with the timers that wait for it. */
export class VirtualTime {
	#now = 1_700_000_000_000;
	#timers: { at: number; callback: () => void }[] = [];

	readonly now = (): number => this.#now;

	readonly setTimeout = (callback: () => void, milliseconds: number) => {
		const timer = { at: this.#now + milliseconds, callback };
		this.#timers.push(timer);
		// What `clearTimeout` is given by code that takes it for a timer of Node's: it does nothing with it.
		return timer;
	};

	/** Lets time pass, and everything that waits for it happen in its order. */
	async pass(milliseconds: number): Promise<void> {
		const end = this.#now + milliseconds;
		for (;;) {
			await this.settle();
			const next = this.#next(end);
			if (next === undefined) break;
			this.#now = Math.max(this.#now, next.at);
			next.callback();
		}
		this.#now = end;
	}

	/** Until whatever can go on without time passing has done so. */
	async settle(): Promise<void> {
		await turn();
		await turn();
	}

	#next(end: number) {
		const first = this.#timers.reduce<
			{ at: number; callback: () => void } | undefined
		>(
			(best, timer) =>
				best === undefined || timer.at < best.at ? timer : best,
			undefined,
		);
		if (first === undefined || first.at > end) return undefined;
		this.#timers = this.#timers.filter((timer) => timer !== first);
		return first;
	}
}
