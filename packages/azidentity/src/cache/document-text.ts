/**
 * The members of an object, each value as the text it stands in. `text` must be JSON and an object.
 *
 * What is not touched is written back as it was read: numbers too long for a double, members in the order
 * of their writer, nesting deeper than the stack. Of members with the same name the last one counts, as
 * everywhere.
 */
export function splitObject(text: string): Map<string, string> {
	const members = new Map<string, string>();
	let at = skipBlanks(text, text.indexOf("{") + 1);
	while (text[at] === '"') {
		const nameEnd = stringEnd(text, at);
		const name = JSON.parse(text.slice(at, nameEnd));
		const start = skipBlanks(text, text.indexOf(":", nameEnd) + 1);
		const end = valueEnd(text, start);
		members.set(name, text.slice(start, end));
		at = skipBlanks(text, end);
		if (text[at] === ",") at = skipBlanks(text, at + 1);
	}
	return members;
}

/** The object with these members, each value being JSON already. */
export function joinObject(members: ReadonlyMap<string, string>): string {
	const parts: string[] = [];
	for (const [name, value] of members)
		parts.push(`${JSON.stringify(name)}:${value}`);
	return `{${parts.join(",")}}`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

function skipBlanks(text: string, start: number): number {
	let at = start;
	while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
	return at;
}

/** Where the string that opens at `start` is over. */
function stringEnd(text: string, start: number): number {
	let quote = text.indexOf('"', start + 1);
	while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
	return quote + 1;
}

function isEscaped(text: string, at: number): boolean {
	let first = at;
	while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
	return (at - first) % 2 === 1;
}

/** Where the value that begins at `start` is over. Counts brackets instead of recursing: text may nest at will. */
function valueEnd(text: string, start: number): number {
	let depth = 0;
	let at = start;
	while (at < text.length) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) {
			at = stringEnd(text, at);
			if (depth === 0) return at;
			continue;
		}
		if (OPENING.has(code)) depth += 1;
		if (CLOSING.has(code)) {
			// The bracket that closes what the value stands in ends a number or a word.
			if (depth === 0) return at;
			depth -= 1;
			if (depth === 0) return at + 1;
		}
		if (depth === 0 && (code === COMMA || code <= 0x20)) return at;
		at += 1;
	}
	return at;
}
