import type { GetTokenOptions } from "@azure/core-auth";
import { abortError } from "./abort.ts";

/** What a caller leaves by: an AbortSignal, or what older Azure packages offer in its place. */
type Signal = GetTokenOptions["abortSignal"];

/** What a flight does; `signal` fires when the last caller has left. */
type Run<T> = (signal: AbortSignal, flight: Flight<T>) => Promise<T>;

/** One acquisition that callers may join, and leave alone. */
export class Flight<T> {
	readonly #controller = new AbortController();
	readonly #answer: Promise<T>;
	readonly #onEmpty: () => void;
	/** Whether it goes on for those who joined it, and for nobody who comes later. */
	isDisowned = false;
	#waiting = 0;

	/**
	 * @param run What to do; its signal fires when the last caller has left.
	 * @param onEmpty Told at that moment, so that nobody joins a flight that is being stopped.
	 */
	constructor(run: Run<T>, onEmpty: () => void) {
		this.#onEmpty = onEmpty;
		this.#answer = run(this.#controller.signal, this);
		// Everybody may have left when it fails; those who stayed hear of it through `join`.
		this.#answer.catch(() => {});
	}

	/**
	 * The flight's answer, or an AbortError as soon as `signal` fires: the caller leaves alone, and the
	 * flight is stopped only when nobody else is waiting.
	 */
	join(signal: Signal): Promise<T> {
		this.#waiting += 1;
		if (signal === undefined) return this.#answer;
		return new Promise((resolve, reject) => {
			const leave = () => {
				reject(abortError());
				this.#waiting -= 1;
				if (this.#waiting > 0) return;
				this.#onEmpty();
				this.#controller.abort();
			};
			if (signal.aborted) return leave();
			signal.addEventListener("abort", leave, { once: true });
			const settle = () => signal.removeEventListener("abort", leave);
			this.#answer.then(resolve, reject).finally(settle);
		});
	}
}

/** The flights under way, each under the key of what it fetches. */
export class Flights<T> {
	// Made for the first flight and dropped after the last: most partitions have none at most times.
	#underWay: Map<string, Flight<T>> | undefined;

	get isEmpty(): boolean {
		return this.#underWay === undefined;
	}

	has(key: string): boolean {
		return this.#underWay?.has(key) === true;
	}

	/** Those whose keys are meant go on for those who joined them: who comes later sets out anew. */
	disown(isMeant: (key: string) => boolean): void {
		for (const [key, flight] of this.#underWay ?? []) {
			if (!isMeant(key)) continue;
			flight.isDisowned = true;
			this.#underWay?.delete(key);
		}
		if (this.#underWay?.size === 0) this.#underWay = undefined;
	}

	/** The flight under way for `key`, or a new one that does `run`. */
	find(key: string, run: Run<T>): Flight<T> {
		const known = this.#underWay?.get(key);
		if (known !== undefined) return known;
		const land = () => {
			if (this.#underWay?.get(key) !== flight) return;
			this.#underWay.delete(key);
			if (this.#underWay.size === 0) this.#underWay = undefined;
		};
		const flight: Flight<T> = new Flight(
			(signal, own) => run(signal, own).finally(land),
			land,
		);
		this.#underWay ??= new Map();
		this.#underWay.set(key, flight);
		return flight;
	}
}
