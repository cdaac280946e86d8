import { type Text, whole } from "../foundation/text-pieces.ts";
import { SECTIONS, type Section } from "./document-entity.ts";
import { joinObject, splitObject } from "./document-text.ts";

/** What an edit makes of entries, by section and key: the text of each, undefined for one that goes. */
export type Changes = ReadonlyMap<
	Section,
	ReadonlyMap<string, string | undefined>
>;

/** Texts by key. */
type Texts = ReadonlyMap<string, string>;

/** Members of the document that are no sections, or that nobody has edited, and the sections that were. */
interface Parts {
	/** The text of each member's value. */
	readonly members: Texts;
	/** Of edited sections, the text of each entry: `,"key":{…}`. */
	readonly sections: ReadonlyMap<Section, Texts>;
}

/**
 * The text of a document, taken apart as far as it was edited: an edit writes anew what it changes, and all else stays the
 * text it was. What stood in a section that is no map goes when something has to be put there: nobody could read it.
 */
export class DocumentParts {
	readonly text: Text;
	#parts: Parts | undefined;

	/** @param text JSON, and an object. */
	constructor(text: Text, parts?: Parts) {
		this.text = text;
		this.#parts = parts;
	}

	/** The text of an entry; undefined when there is none. */
	entry(section: Section, key: string): string | undefined {
		const entry = entriesOf(this.#split(), section).get(key);
		return entry?.slice(entryText(key, "").length);
	}

	with(changes: Changes): DocumentParts {
		const before = this.#split();
		const members = new Map(before.members);
		const sections = new Map(before.sections);
		for (const [section, changed] of changes) {
			const entries = new Map(entriesOf(before, section));
			for (const [key, text] of changed) {
				if (text === undefined) entries.delete(key);
				else entries.set(key, entryText(key, text));
			}
			sections.set(section, entries);
			// Its place among the members; what it holds is in its entries.
			members.set(section, "{}");
		}
		const parts = { members, sections };
		return new DocumentParts(piecesOf(parts), parts);
	}

	#split(): Parts {
		this.#parts ??= {
			members: splitObject(whole(this.text)),
			sections: new Map(),
		};
		return this.#parts;
	}
}

/** As Go writes a cache without entries: each section there, each empty. */
export const NO_ENTRIES = new DocumentParts(
	joinObject(new Map(SECTIONS.map((section) => [section, "{}"]))),
);

function entriesOf({ members, sections }: Parts, section: Section): Texts {
	const known = sections.get(section);
	if (known !== undefined) return known;
	const text = members.get(section);
	const entries = new Map<string, string>();
	if (!text?.startsWith("{")) return entries;
	for (const [key, value] of splitObject(text))
		entries.set(key, entryText(key, value));
	return entries;
}

/** Not joined: each text that is made on the way would be a megabyte. */
function piecesOf({ members, sections }: Parts): readonly string[] {
	const pieces: string[] = [];
	for (const [name, value] of members) {
		const before = pieces.length === 0 ? "{" : ",";
		const entries = sections.get(name as Section);
		if (entries === undefined) {
			pieces.push(`${before}${nameText(name)}`, value);
			continue;
		}
		pieces.push(`${before}${nameText(name)}{`);
		let isFirst = true;
		for (const entry of entries.values()) {
			pieces.push(isFirst ? entry.slice(1) : entry);
			isFirst = false;
		}
		pieces.push("}");
	}
	pieces.push(pieces.length === 0 ? "{}" : "}");
	return pieces;
}

function nameText(name: string): string {
	return `${JSON.stringify(name)}:`;
}

function entryText(key: string, value: string): string {
	return `,${nameText(key)}${value}`;
}
