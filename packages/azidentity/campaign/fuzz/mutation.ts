import type { Random } from "../random.ts";

/** What inputs are made of. */
export interface Material {
	/** Valid inputs, which mutations damage. */
	readonly seeds: readonly string[];
	/** Pieces that mean something to the parser, put in anywhere. */
	readonly words: readonly string[];
}

/** Pieces that are trouble in any format. */
const TROUBLE = [
	...[
		"",
		" ",
		"\n",
		"\r\n",
		"\t",
		"\0",
		"\u2028",
		"\ufeff",
		"\ud800",
		"é",
		"💥",
	],
	...[
		"\\",
		"\\u0000",
		"\\ud800",
		'"',
		"'",
		"`",
		"$",
		"{",
		"}",
		"[",
		"]",
		":",
		",",
	],
	...["null", "true", "NaN", "__proto__", "constructor", "toString"],
	...[
		"0",
		"-1",
		"1e309",
		"1e21",
		"9007199254740993",
		"00",
		"1.5",
		"-0",
		"0x10",
	],
];

/** One input in so many is noise from end to end. */
const NOISE = 50;
/** One repetition in so many is long enough to show what grows faster than its input. */
const LONG = 500;
const LONGEST_REPETITION = 50_000;
const SHORT_REPETITION = 50;
/** Most inputs have one or two places that are wrong: with more, a parser gives up at the first. */
const MOST_CHANGES = 6;

/** An input that somebody's mistake, or malice, could have made of a valid one. */
export function mutated(random: Random, material: Material): string {
	if (random.below(NOISE) === 0)
		return random.bytes(random.below(200)).toString("latin1");
	let text = oneOf(random, material.seeds);
	const changes = random.below(MOST_CHANGES);
	for (let change = 0; change <= changes; change += 1)
		text = oneOf(random, CHANGES)(text, random, material);
	return text;
}

type Change = (text: string, random: Random, material: Material) => string;

const CHANGES: readonly Change[] = [
	// another character
	(text, random) => {
		const at = random.below(text.length + 1);
		return splice(text, at, at + 1, String.fromCharCode(random.below(256)));
	},
	// a bit of a character
	(text, random) => {
		const at = random.below(text.length + 1);
		const code = text.charCodeAt(at) || 0;
		return splice(
			text,
			at,
			at + 1,
			String.fromCharCode(code ^ (1 << random.below(8))),
		);
	},
	// cut off
	(text, random) => text.slice(0, random.below(text.length + 1)),
	// a piece is missing
	(text, random) => splice(text, ...range(text, random), ""),
	// a piece is there again, elsewhere
	(text, random) => {
		const at = random.below(text.length + 1);
		return splice(text, at, at, text.slice(...range(text, random)));
	},
	// a word, in place of a piece or beside it
	(text, random, { words }) => {
		const word = oneOf(random, random.below(2) === 0 ? words : TROUBLE);
		const [from, to] = range(text, random);
		return splice(text, from, random.below(2) === 0 ? from : to, word);
	},
	// another number
	(text, random) => {
		const numbers = [...text.matchAll(/\d+/g)];
		const found = numbers[random.below(numbers.length)];
		if (found === undefined) return text;
		const other = String((random.next() - 0.3) * 10 ** random.below(25));
		return splice(text, found.index, found.index + found[0].length, other);
	},
	// a word again and again
	(text, random, { words }) => {
		const word = oneOf(random, random.below(2) === 0 ? words : TROUBLE);
		const most =
			random.below(LONG) === 0 ? LONGEST_REPETITION : SHORT_REPETITION;
		const at = random.below(text.length + 1);
		return splice(text, at, at, word.repeat(random.below(most)));
	},
	// the beginning of one, the end of another
	(text, random, { seeds }) => {
		const other = oneOf(random, seeds);
		return (
			text.slice(0, random.below(text.length + 1)) +
			other.slice(random.below(other.length + 1))
		);
	},
];

function splice(text: string, from: number, to: number, piece: string): string {
	return text.slice(0, from) + piece + text.slice(to);
}

/** A piece of the text, mostly a short one. */
function range(text: string, random: Random): [number, number] {
	const from = random.below(text.length + 1);
	const longest = random.below(4) === 0 ? text.length : 12;
	return [from, from + random.below(longest + 1)];
}

export function oneOf<T>(random: Random, choices: readonly T[]): T {
	return choices[random.below(choices.length)] as T;
}
