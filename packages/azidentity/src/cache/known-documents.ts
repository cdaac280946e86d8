import { lengthOf, type Text, whole } from "../foundation/text-pieces.ts";
import { type Document, parseDocument } from "./document.ts";

/** Those of both flavours that all owners share, each as it is on disk and as it is being written; or those of some owners. */
const MAX_KNOWN = 8;

/** So much text is known at most, in characters, beside the last two: former versions of a large document are of no use. */
const MAX_TEXT = 8 * 2 ** 20;
const ALWAYS_KNOWN = 2;

/** Documents of one store that were read or written lately, so that a version is parsed once, whoever asks for it. */
export interface KnownDocuments {
	/** The document that is in this text. */
	parsed(text: Text | undefined): Document;
	/** Keeps a document that an edit has made; gives its text. */
	keep(document: Document): Text;
	/** Lets go of all, and of the tokens in them. */
	forget(): void;
}

interface Known {
	readonly text: Text | undefined;
	readonly document: Document;
	readonly length: number;
}

export function knownDocuments(): KnownDocuments {
	/** The one that was wanted last comes last. */
	let known: Known[] = [];

	function remember(one: Known): void {
		known = [...known.filter((other) => other !== one), one];
		let length = known.reduce((sum, other) => sum + other.length, 0);
		while (
			known.length > MAX_KNOWN ||
			(known.length > ALWAYS_KNOWN && length > MAX_TEXT)
		)
			length -= known.shift()?.length ?? 0;
	}

	return {
		parsed(text) {
			const length = lengthOf(text ?? "");
			const found = known.find(
				(one) =>
					one.text === text ||
					(one.length === length && isSame(one.text, text)),
			);
			const one = found ?? { text, document: parseDocument(text), length };
			remember(one);
			return one.document;
		},
		keep(document) {
			const text = document.text();
			const found = known.find((one) => one.document === document);
			remember(found ?? { text, document, length: lengthOf(text) });
			return text;
		},
		forget() {
			known = [];
		},
	};
}

/** Stores that know no pieces give back as one text what they were given in pieces. */
function isSame(one: Text | undefined, other: Text | undefined): boolean {
	if (one === undefined || other === undefined) return false;
	return whole(one) === whole(other);
}
