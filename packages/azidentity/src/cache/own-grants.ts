import type { Grant } from "../token.ts";
import { findToken, parseDocument, putGrant } from "./document.ts";
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

/**
 * What this process has written into one document. The Go library writes its own snapshot without merging, and
 * so may drop what others wrote: such an entry is put back with our next write, while its token is valid.
 *
 * Only apps' tokens are: that a person's are gone may be because the person signed out.
 */
export class OwnGrants {
	readonly #grants = new Map<string, WrittenGrant>();
	/** The document as this process left it: while it is that, nothing is missing. */
	#left: string | undefined;

	/** The document with the grant in it, and with what is missing of the earlier ones. */
	write(current: string | undefined, written: WrittenGrant): string {
		const text =
			current === this.#left ? current : this.#putBack(current, written);
		const { owner, scopes, grant, times } = written;
		this.#left = putGrant(text, owner, scopes, grant, times);
		this.#remember(written);
		return this.#left;
	}

	#putBack(
		current: string | undefined,
		{ times }: WrittenGrant,
	): string | undefined {
		if (this.#grants.size === 0) return current;
		const document = parseDocument(current);
		let text = current;
		for (const [key, { owner, scopes, grant, times: then }] of this.#grants) {
			if (grant.token.expiresOnTimestamp <= times.cachedAt)
				this.#grants.delete(key);
			else if (!findToken(document, owner, scopes, times.cachedAt))
				text = putGrant(text, owner, scopes, grant, then);
		}
		return text;
	}

	#remember(written: WrittenGrant): void {
		const { owner, scopes, grant } = written;
		if (owner.homeAccountId !== undefined || grant.account !== undefined)
			return;
		// Nobody else writes into the document where these are.
		if (owner.assertionHash !== undefined) return;
		const key = JSON.stringify([owner, scopes]);
		this.#grants.delete(key);
		this.#grants.set(key, written);
		const [oldest] = this.#grants.keys();
		if (this.#grants.size > MAX_GRANTS && oldest !== undefined)
			this.#grants.delete(oldest);
	}
}
