import type { Grant } from "../token.ts";
import { type Document, findToken } from "./document.ts";
import { putGrant } from "./document-put.ts";
import type { GrantTimes } from "./document-put-token.ts";
import type { Owner } from "./owner.ts";

/** One grant as this process wrote it. */
export interface WrittenGrant {
	readonly owner: Owner;
	readonly scopes: readonly string[];
	readonly grant: Grant;
	readonly times: GrantTimes;
}

/** More than a process writes between two writes of others; beyond that, the oldest costs a request at worst. */
const MAX_GRANTS = 1_000;

/** Of other documents it is looked up whether anything is missing. */
const MAX_DOCUMENTS = 4;

/**
 * What this process has written into the documents of one store. The Go library writes its own snapshot without merging, and
 * so may drop what others wrote: such an entry is put back with our next write, while its token is valid.
 *
 * Only apps' tokens are: that a person's are gone may be because the person signed out.
 */
export class OwnGrants {
	/** The one that was written last comes last. */
	readonly #grants = new Map<string, { name: string; written: WrittenGrant }>();
	/** In the documents that our edits have made: the names of whom nothing is missing there. */
	readonly #complete = new Map<Document, Set<string>>();

	/**
	 * The document with the grant in it, and with what is missing of the earlier ones of the same name.
	 * @param name Whose document it is, of the store's: other owners' grants may be in other documents.
	 */
	write(name: string, before: Document, written: WrittenGrant): Document {
		const complete = this.#complete.get(before) ?? new Set<string>();
		const whole = complete.has(name)
			? before
			: this.#putBack(name, before, written.times);
		const { owner, scopes, grant, times } = written;
		const after = putGrant(whole, owner, scopes, grant, times);
		this.missed(name, written);
		this.#complete.delete(before);
		this.#complete.set(after, complete.add(name));
		const [oldest] = this.#complete.keys();
		if (this.#complete.size > MAX_DOCUMENTS && oldest !== undefined)
			this.#complete.delete(oldest);
		return after;
	}

	/** Remembers a grant that may not be in any document: it could not be written, and the next write of the name has it. */
	missed(name: string, written: WrittenGrant): void {
		this.#remember(name, written);
		// Whatever document there will be, the grant is missing unless `write` has made it.
		for (const others of this.#complete.values()) others.delete(name);
	}

	/** Puts back nothing more of what is meant. */
	forget(isMeant: (name: string, owner: Owner) => boolean): void {
		for (const [key, { name, written }] of this.#grants)
			if (isMeant(name, written.owner)) this.#grants.delete(key);
	}

	#putBack(name: string, before: Document, { cachedAt }: GrantTimes): Document {
		let document = before;
		for (const [key, own] of this.#grants) {
			if (own.name !== name) continue;
			const { owner, scopes, grant, times } = own.written;
			if (grant.token.expiresOnTimestamp <= cachedAt) this.#grants.delete(key);
			else if (!findToken(before, owner, scopes, cachedAt))
				document = putGrant(document, owner, scopes, grant, times);
		}
		return document;
	}

	#remember(name: string, written: WrittenGrant): void {
		const { owner, scopes, grant } = written;
		if (owner.homeAccountId !== undefined || grant.account !== undefined)
			return;
		// Nobody else writes into the document where these are.
		if (owner.assertionHash !== undefined) return;
		const key = JSON.stringify([name, owner, scopes]);
		this.#grants.delete(key);
		this.#grants.set(key, { name, written });
		const [oldest] = this.#grants.keys();
		if (this.#grants.size > MAX_GRANTS && oldest !== undefined)
			this.#grants.delete(oldest);
	}
}
