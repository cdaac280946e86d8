import { abortable } from "./abort.ts";

/** Joins the flight for `key`, or starts one; an AbortError as soon as `signal` fires. */
export type Join<T> = (
	key: string,
	signal: AbortSignal,
	run: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

interface Flight<T> {
	readonly answer: Promise<T>;
	readonly controller: AbortController;
	waiting: number;
	landed: boolean;
}

/**
 * Runs what is needed once per key and remembers the answer for good. Callers who ask meanwhile
 * wait for the same run, and leave it alone; it stops when the last one has left. A failure is
 * not remembered.
 */
export function rememberedFlights<T>(): Join<T> {
	const flights = new Map<string, Flight<T>>();

	function start(
		key: string,
		run: (signal: AbortSignal) => Promise<T>,
	): Flight<T> {
		const controller = new AbortController();
		const answer = run(controller.signal);
		const flight = { answer, controller, waiting: 0, landed: false };
		flights.set(key, flight);
		answer.then(
			() => {
				flight.landed = true;
			},
			() => forget(key, flight),
		);
		return flight;
	}

	// A run that was stopped fails late; by then another may have taken its place.
	function forget(key: string, flight: Flight<T>): void {
		if (flights.get(key) === flight) flights.delete(key);
	}

	return async (key, signal, run) => {
		const flight = flights.get(key) ?? start(key, run);
		flight.waiting += 1;
		try {
			return await abortable(flight.answer, signal);
		} finally {
			flight.waiting -= 1;
			if (flight.waiting === 0 && !flight.landed) {
				forget(key, flight);
				flight.controller.abort();
			}
		}
	};
}
