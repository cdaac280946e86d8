import { log } from "../foundation/log.ts";
import { type Text, whole } from "../foundation/text-pieces.ts";
import type { Document } from "./document.ts";
import { removeRefreshToken } from "./document-remove.ts";
import { usefulUntil } from "./document-useful-until.ts";
import { Invalidations } from "./invalidations.ts";
import { type KnownDocuments, knownDocuments } from "./known-documents.ts";
import { measuredLease, measuredPieces } from "./measured-store.ts";
import { OwnGrants, type WrittenGrant } from "./own-grants.ts";
import { clearedBy, isSubject, subjectOf } from "./token-filter.ts";
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
	/**
	 * Writes a grant into a document; not at all when the store cannot be written.
	 * @param isRevoked Asked when nobody else can write any more: whether the grant has come too late.
	 */
	put(
		name: DocumentName,
		written: WrittenGrant,
		isRevoked: () => boolean,
	): Promise<void>;
	/** Takes a refresh token out of a document; not when the store cannot be written. */
	drop(name: DocumentName, refreshToken: string): Promise<void>;
	/** The right to fetch, or undefined when somebody else kept it for longer than `patience` milliseconds. */
	lease(task: string, patience: number): Promise<Lease | undefined>;
	/** The documents that there may be. */
	names(): AsyncIterable<DocumentName>;
	/** As `read`, for who must know when the store cannot be read: it rejects. */
	look(name: DocumentName): Promise<Document>;
	/** Changes a document; rejects when the store cannot be written. What was known of documents is forgotten. */
	edit(
		name: DocumentName,
		edit: (document: Document) => Document,
	): Promise<void>;
	/** What caches on this store and other processes are told of revocations. */
	readonly invalidations: Invalidations;
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
	const attempt = harmless();
	const known = knownDocuments();
	const { read, update } = measuredPieces(inPieces(store, known));
	const own = new OwnGrants();
	const keyOf = grantsKey(store);

	const invalidations = new Invalidations(store, (name) => {
		const wanted = clearedBy(name);
		own.forget((key, owner) =>
			wanted === undefined
				? key === keyOf(name)
				: isSubject(wanted, subjectOf(owner)),
		);
	});

	return {
		invalidations,
		async read(name) {
			const text = await attempt("read", () => read(name), undefined);
			return known.parsed(text);
		},
		put(name, written, isRevoked) {
			const key = keyOf(name);
			const edit = (current: Text | undefined) => {
				const before = known.parsed(current);
				return known.keep(
					isRevoked() ? before : own.write(key, before, written),
				);
			};
			const write = () =>
				update(name, edit).catch((error) => {
					if (!isRevoked()) own.missed(key, written);
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
				() => measuredLease(() => lease.call(store, task, patience)),
				NO_LEASE,
			);
		},
		names: () => store.names?.() ?? flavours(),
		look: async (name) => known.parsed(await read(name)),
		async edit(name, edit) {
			await update(name, (current) => known.keep(edit(known.parsed(current))));
			known.forget();
		},
	};
}

type Attempt = <T>(
	what: string,
	work: () => Promise<T>,
	otherwise: T,
) => Promise<T>;

/** What fails is told once, until it works again, and the caller goes on with `otherwise`. */
function harmless(): Attempt {
	/** What does not work now. It mostly has one cause, which is told when the first of it fails. */
	const failing = new Set<string>();
	return async (what, work, otherwise) => {
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
	};
}

/** All that a store has that keeps one document for everybody. */
async function* flavours(): AsyncGenerator<DocumentName> {
	for (const isOnBehalfOf of [false, true])
		for (const cae of [false, true]) yield { cae, isOnBehalfOf, owner: "" };
}

/** What grants of one document are kept under. */
function grantsKey(store: TokenStore): (name: DocumentName) => string {
	return ({ cae, owner, resource }) =>
		`${cae} ${owner} ${store.names === undefined ? "" : resource}`;
}

/** How a store that knows texts only is read and written. */
function inPieces(
	store: TokenStore,
	known: KnownDocuments,
): PieceStore["pieces"] {
	if ("pieces" in store) return (store as PieceStore).pieces;
	const until = (text: string) => usefulUntil(known.parsed(text));
	return {
		read: (name) => store.read(name),
		update: (name, edit) =>
			store.update(name, (text) => whole(edit(text)), until),
	};
}
