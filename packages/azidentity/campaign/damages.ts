import type { Random } from "./random.ts";

/** Bytes that lie where a document should. */
export interface Damage {
	readonly what: string;
	bytes(): Buffer;
}

/** The file cut off at each length, from nothing to all but one byte. */
export function truncations(document: Buffer): Damage[] {
	return Array.from({ length: document.length }, (_, length) => ({
		what: `truncated at ${length}`,
		bytes: () => document.subarray(0, length),
	}));
}

/** Each bit of the first bytes flipped. */
export function flippedBits(document: Buffer, length: number): Damage[] {
	return Array.from({ length: 8 * length }, (_, bit) => flipped(document, bit));
}

/** So many bits flipped, each in a file of its own. */
export function randomFlips(
	document: Buffer,
	random: Random,
	count: number,
): Damage[] {
	return Array.from({ length: count }, () =>
		flipped(document, random.below(8 * document.length)),
	);
}

/** Files of random bytes, from one to the length of a real one. */
export function randomFiles(
	document: Buffer,
	random: Random,
	count: number,
): Damage[] {
	return Array.from({ length: count }, () => {
		const bytes = random.bytes(1 + random.below(document.length));
		return { what: `${bytes.length} random bytes`, bytes: () => bytes };
	});
}

function flipped(document: Buffer, bit: number): Damage {
	return {
		what: `bit ${bit} flipped`,
		bytes() {
			const bytes = Buffer.from(document);
			const at = bit >> 3;
			bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
			return bytes;
		},
	};
}
