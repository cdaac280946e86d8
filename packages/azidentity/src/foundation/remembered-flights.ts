import { Flights } from "./flight.ts";

/** The answer for `key`, or the flight that brings it; an AbortError as soon as `signal` fires. */
export type Join<T> = (
	key: string,
	signal: AbortSignal,
	run: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/**
 * Runs what is needed once per key and remembers the answer for good. Callers who ask meanwhile
 * share the flight. A failure is not remembered.
 */
export function rememberedFlights<T extends object | string>(): Join<T> {
	const answers = new Map<string, T>();
	const flights = new Flights<T>();
	return async (key, signal, run) => {
		const known = answers.get(key);
		if (known !== undefined) return known;
		const flight = flights.find(key, async (stopped) => {
			const answer = await run(stopped);
			answers.set(key, answer);
			return answer;
		});
		return flight.join(signal);
	};
}
