import {
	type Entity,
	readRoot,
	readSection,
	SECTIONS,
	type Section,
} from "./document-entity.ts";
import { joinObject, splitObject } from "./document-text.ts";

/** Members by name; "" for one that shall not be there: an empty text makes Go fail on times. */
export type Members = Readonly<Record<string, string>>;

/**
 * A document being changed. Only what is changed is written anew; all else stays the text it was. What
 * stood in a section that is no map goes when something has to be put there: nobody could read it.
 */
export class Draft {
	readonly #text: string;
	/** The document as it was before the first change. */
	readonly #root: Entity;
	readonly #changed = new Map<Section, Map<string, string>>();
	#sections: Map<string, string> | undefined;

	/** Starts from nothing when the text is no document: whoever wants to keep it aside has looked before. */
	constructor(text: string | undefined) {
		const root = text ? readRoot(text) : undefined;
		this.#text = text && root ? text : EMPTY;
		this.#root = root ?? {};
	}

	/** The entries of a section as they were before the first change. */
	entries(section: Section): Generator<[string, Entity]> {
		return readSection(this.#root, section);
	}

	/**
	 * Sets members of an entry, adding it when it is not there. Its other members stay, whoever wrote them,
	 * but for those in `outdated`, which say something of the secret that is replaced.
	 */
	put(
		section: Section,
		key: string,
		members: Members,
		outdated: readonly string[] = [],
	): void {
		const entries = this.#open(section);
		const before = entries.get(key);
		const entry = before?.startsWith("{") ? splitObject(before) : new Map();
		for (const name of outdated) entry.delete(name);
		for (const [name, value] of Object.entries(members)) {
			if (value === "") entry.delete(name);
			else entry.set(name, JSON.stringify(value));
		}
		entries.set(key, joinObject(entry));
	}

	remove(section: Section, keys: Iterable<string>): void {
		for (const key of keys) this.#open(section).delete(key);
	}

	toText(): string {
		if (this.#changed.size === 0) return this.#text;
		const sections = new Map(this.#split());
		for (const [section, entries] of this.#changed)
			sections.set(section, joinObject(entries));
		return joinObject(sections);
	}

	#open(section: Section): Map<string, string> {
		const open = this.#changed.get(section);
		if (open !== undefined) return open;
		const text = this.#split().get(section);
		const entries = text?.startsWith("{")
			? splitObject(text)
			: new Map<string, string>();
		this.#changed.set(section, entries);
		return entries;
	}

	#split(): ReadonlyMap<string, string> {
		this.#sections ??= splitObject(this.#text);
		return this.#sections;
	}
}

/** As Go writes a cache without entries: each section there, each empty. */
const EMPTY = joinObject(new Map(SECTIONS.map((section) => [section, "{}"])));
