import type { Document } from "./document.ts";
import type { Entity, Section } from "./document-entity.ts";
import { joinObject, splitObject } from "./document-text.ts";

/** Members by name; "" for one that shall not be there: an empty text makes Go fail on times. */
export type Members = Readonly<Record<string, string>>;

/** A document being changed. */
export class Draft {
	/** The document as it was before the first change. */
	readonly before: Document;
	readonly #changed = new Map<Section, Map<string, string | undefined>>();

	constructor(before: Document) {
		this.before = before;
	}

	/** The entries of a section as they were before the first change. */
	entries(section: Section): ReadonlyMap<string, Entity> {
		return this.before.entries(section);
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
		const changed = this.#open(section);
		const before = changed.has(key)
			? changed.get(key)
			: this.before.entryText(section, key);
		const entry = before?.startsWith("{") ? splitObject(before) : new Map();
		for (const name of outdated) entry.delete(name);
		for (const [name, value] of Object.entries(members)) {
			if (value === "") entry.delete(name);
			else entry.set(name, JSON.stringify(value));
		}
		changed.set(key, joinObject(entry));
	}

	remove(section: Section, keys: Iterable<string>): void {
		for (const key of keys) this.#open(section).set(key, undefined);
	}

	/** The document after all changes. */
	finished(): Document {
		return this.#changed.size === 0
			? this.before
			: this.before.with(this.#changed);
	}

	#open(section: Section): Map<string, string | undefined> {
		const open = this.#changed.get(section) ?? new Map();
		this.#changed.set(section, open);
		return open;
	}
}
