import { log } from "../foundation/log.ts";
import { type Text, whole } from "../foundation/text-pieces.ts";
import type { Document } from "./document.ts";
import { removeRefreshToken } from "./document-remove.ts";
import { knownDocuments } from "./known-documents.ts";
import { OwnGrants, type WrittenGrant } from "./own-grants.ts";
import type {
	DocumentName,
	Lease,
	PieceStore,
	StoreFailure,
	TokenStore,
} from "./token-store.ts";

/** A store as the cache uses it: documents parsed, and failures made harmless. */
export interface GuardedStore {
	/** The document as it is now; an empty one when the store cannot be read. */
	read(name: DocumentName): Promise<Document>;
	/** Writes a grant into a document; not at all when the store cannot be written. */
	put(name: DocumentName, written: WrittenGrant): Promise<void>;
	/** Takes a refresh token out of a document; not when the store cannot be written. */
	drop(name: DocumentName, refreshToken: string): Promise<void>;
	/** The right to fetch, or undefined when somebody else kept it for longer than `patience` milliseconds. */
	lease(task: string, patience: number): Promise<Lease | undefined>;
}

/** For stores that have no leases, or cannot give one now: everybody may fetch. */
const NO_LEASE: Lease = { async release() {} };

/**
 * A store that is down costs a request, never a failure: what goes wrong in it is reported once, until it
 * works again. Only a store that cannot be opened as the program asked is an error, and the caller's.
 */
export function guardedStore(store: TokenStore): GuardedStore {
	const known = guarded.get(store);
	if (known !== undefined) return known;
	const made = guard(store);
	guarded.set(store, made);
	return made;
}

/** What is known of a store, parsed documents among it, serves every cache that has the store. */
const guarded = new WeakMap<TokenStore, GuardedStore>();

function guard(store: TokenStore): GuardedStore {
	/** What does not work now. It mostly has one cause, which is told when the first of it fails. */
	const failing = new Set<string>();
	const { read, update } = inPieces(store);
	const known = knownDocuments();
	const own = new OwnGrants();

	async function attempt<T>(
		what: string,
		work: () => Promise<T>,
		otherwise: T,
	): Promise<T> {
		try {
			const result = await work();
			failing.delete(what);
			return result;
		} catch (error) {
			if ((error as StoreFailure | undefined)?.cannotOpen === true) throw error;
			if (failing.size === 0)
				log.warning(`token store could not be ${what}: ${error}`);
			failing.add(what);
			return otherwise;
		}
	}

	return {
		async read(name) {
			const text = await attempt("read", () => read(name), undefined);
			return known.parsed(text);
		},
		put(name, written) {
			const key = `${name.cae} ${name.owner}`;
			const edit = (current: Text | undefined) =>
				known.keep(own.write(key, known.parsed(current), written));
			const write = () =>
				update(name, edit).catch((error) => {
					own.missed(key, written);
					throw error;
				});
			return attempt("written", write, undefined);
		},
		drop(name, refreshToken) {
			const edit = (current: Text | undefined) =>
				known.keep(removeRefreshToken(known.parsed(current), refreshToken));
			return attempt("written", () => update(name, edit), undefined);
		},
		lease(task, patience) {
			const { lease } = store;
			if (lease === undefined) return Promise.resolve(NO_LEASE);
			return attempt(
				"locked",
				() => lease.call(store, task, patience),
				NO_LEASE,
			);
		},
	};
}

/** How a store that knows texts only is read and written. */
function inPieces(store: TokenStore): PieceStore["pieces"] {
	if ("pieces" in store) return (store as PieceStore).pieces;
	return {
		read: (name) => store.read(name),
		update: (name, edit) => store.update(name, (text) => whole(edit(text))),
	};
}
