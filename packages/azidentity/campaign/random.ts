/** Random choices that can be made again: the same seed gives the same ones. */
export interface Random {
	/** From 0 to below 1. */
	next(): number;
	/** A whole number from 0 to below `end`. */
	below(end: number): number;
	bytes(length: number): Buffer;
	/** The same elements in another order. */
	shuffled<T>(elements: readonly T[]): T[];
}

/** Mulberry32: short, and even enough to choose instants and bits. No secret is ever made of it. */
export function randomFrom(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const below = (end: number) => Math.floor(next() * end);
	return {
		next,
		below,
		bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
		shuffled: (elements) =>
			elements
				.map((element) => ({ element, rank: next() }))
				.sort((one, other) => one.rank - other.rank)
				.map(({ element }) => element),
	};
}

/** A seed for who names none. */
export function anySeed(): number {
	return Math.floor(Math.random() * 2 ** 32);
}
