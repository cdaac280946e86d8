import type { Text } from "../foundation/text-pieces.ts";

/** Which document: a store may keep one for everybody, or one per owner. */
export interface DocumentName {
	/** Tokens under continuous access evaluation and others never share a document. */
	readonly cae: boolean;
	/**
	 * Tokens got on behalf of an assertion's bearer never share a document with others, and theirs is one that
	 * no other library reads: those would hand them to whoever asks for the account. Default false.
	 */
	readonly isOnBehalfOf?: boolean;
	/** The owner's key, for stores that keep a document per owner. */
	readonly owner: string;
	/**
	 * What an app's own tokens are for, for stores that keep a document per owner: an app may use any number of resources,
	 * and documents stay small when each has its own. Left out for the tokens of people.
	 */
	readonly resource?: string;
}

/** The right to be the only one, in any process, who fetches one thing. */
export interface Lease {
	/** Gives the right back. Harmless when repeated; never rejects. */
	release(): Promise<void>;
}

/**
 * Where documents outlive the process. A store keeps opaque text and knows no schema; every store passes
 * `tokenStoreContract` of the testkit.
 */
export interface TokenStore {
	/** The document as it is now, or undefined when there is none. */
	read(name: DocumentName): Promise<string | undefined>;
	/**
	 * Replaces a document by what `edit` makes of the current one, with nobody else writing in between.
	 * `edit` may run more than once, so it must be a pure function; when it throws, the document stays as it is.
	 *
	 * `usefulUntil` is for stores whose documents end by themselves: it says of a document when nothing in it will be of
	 * use any more, in milliseconds since 1970, and `Infinity` where nobody knows.
	 */
	update(
		name: DocumentName,
		edit: (current: string | undefined) => string,
		usefulUntil?: (document: string) => number,
	): Promise<void>;
	/**
	 * Waits up to `patience` milliseconds for the right to be the only one at `task`.
	 * Resolves to undefined when patience ran out.
	 */
	lease?(task: string, patience: number): Promise<Lease | undefined>;
	/** The documents there are, for stores that keep one per owner. Without it there is one per flavour, for everybody. */
	names?(): AsyncIterable<DocumentName>;
	/** How processes hear of each other's revocations, where the store can tell them. */
	readonly invalidation?: Invalidation;
}

/**
 * How processes hear of each other's revocations: a token was replaced because of a claims challenge, or cleared.
 * It is a help and no guarantee: what gets lost costs a process that goes on with its token until the resource refuses
 * it there as well.
 */
export interface Invalidation {
	/**
	 * Tells those who listen through other handles on the same place that something of the owner was revoked.
	 * Whoever announces knows already, and need not be told. The name is to be handed on as it is: that of a clearing is
	 * no document's. A rejection is logged, and nobody's failure.
	 */
	announce(name: DocumentName): Promise<void>;
	/**
	 * Calls `heard`, which never throws, for each announcement from now on; gives what ends that. Listening must not keep
	 * the process alive.
	 */
	listen(heard: (name: DocumentName) => void): () => void;
}

/** A store of this library that also takes documents in pieces, which spares it to put large ones together. */
export interface PieceStore extends TokenStore {
	/** As `read` and `update`, and what was written in pieces is read as the same pieces while it has not changed. */
	readonly pieces: {
		read(name: DocumentName): Promise<Text | undefined>;
		update(
			name: DocumentName,
			edit: (current: Text | undefined) => Text,
		): Promise<void>;
	};
}

/** What the cache reads from a store's failure, when it is there. */
export interface StoreFailure {
	/**
	 * The store cannot be opened as the program asked, and will not be: the caller must hear of it.
	 * Every other failure of a store costs a request and a warning, never an error.
	 */
	readonly cannotOpen?: boolean;
}
