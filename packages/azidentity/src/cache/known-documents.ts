import { type Document, parseDocument } from "./document.ts";
import { OwnGrants } from "./own-grants.ts";
import type { DocumentName } from "./token-store.ts";

/** Of so many owners it is known what their documents say and what we wrote there; the least recent is forgotten. */
const MAX_KNOWN = 16;

interface Known {
	text: string | undefined;
	document: Document;
	readonly own: OwnGrants;
}

/** What is known of the documents of one store. */
export interface KnownDocuments {
	/** The document of this name, whose text this is. Parsed once per version, also where many owners share it. */
	parsed(name: DocumentName, text: string | undefined): Document;
	/** What this process has written into it. */
	own(name: DocumentName): OwnGrants;
}

export function knownDocuments(): KnownDocuments {
	const known = new Map<string, Known>();

	function knownOf({ cae, owner }: DocumentName): Known {
		const key = `${cae} ${owner}`;
		const one = known.get(key) ?? {
			text: undefined,
			document: parseDocument(undefined),
			own: new OwnGrants(),
		};
		known.delete(key);
		known.set(key, one);
		const [oldest] = known.keys();
		if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
		return one;
	}

	function parsed(text: string | undefined): Document {
		for (const one of known.values())
			if (one.text === text) return one.document;
		return parseDocument(text);
	}

	return {
		parsed(name, text) {
			const one = knownOf(name);
			if (one.text !== text)
				Object.assign(one, { text, document: parsed(text) });
			return one.document;
		},
		own: (name) => knownOf(name).own,
	};
}
