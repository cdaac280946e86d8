/**
 * A text, or the pieces that make it up. A document of a megabyte that changes by a line need not be put together anew for
 * each change. Pieces are never changed: the same array is the same text. None begins or ends within a character.
 */
export type Text = string | readonly string[];

/** The text as one. */
export function whole(text: Text): string {
	return typeof text === "string" ? text : text.join("");
}

/** The pieces of a text, or the one that it is. */
export function piecesOf(text: Text): readonly string[] {
	return typeof text === "string" ? [text] : text;
}

/** How many characters a text has. */
export function lengthOf(text: Text): number {
	return piecesOf(text).reduce((sum, piece) => sum + piece.length, 0);
}
