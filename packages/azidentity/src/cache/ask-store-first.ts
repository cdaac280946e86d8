import type { AccessToken } from "@azure/core-auth";
import { throwIfAborted } from "../foundation/abort.ts";
import type { Held } from "../token.ts";
import { type Acquisition, askSource } from "./ask-source.ts";
import { type Document, findToken } from "./document.ts";
import { type GuardedStore, guardedStore } from "./guarded-store.ts";
import { heldWithDocuments } from "./held-with-documents.ts";
import type { DocumentName, TokenStore } from "./token-store.ts";

/** How long to wait for another process that is fetching the same token, before fetching it too. */
const PATIENCE_MS = 5_000;

/** Gets a token from the document if another process was faster, else from the source, and writes it there. */
export async function askStoreFirst(
	acquisition: Acquisition,
	tokenStore: TokenStore,
): Promise<AccessToken> {
	const store = guardedStore(tokenStore);
	const { need, abortSignal, owner, cae, key } = acquisition;
	const isOnBehalfOf = owner.assertionHash !== undefined;
	const isOfApp = owner.homeAccountId === undefined && !isOnBehalfOf;
	const name = {
		cae,
		isOnBehalfOf,
		owner: key,
		...(isOfApp && { resource: need.key }),
	};
	store.invalidations.attend(acquisition.cache);
	if (need.isGiven) return askAndPut(acquisition, store, name, {});

	// Readers take no lock, and mostly the token is there.
	const before = await store.read(name);
	const early = look(acquisition, before);
	if (early !== undefined) return early;

	const patience = need.isBehind ? 0 : PATIENCE_MS;
	const lease = await store.lease(`${key} ${need.flightKey}`, patience);
	try {
		if (lease === undefined && need.isBehind && acquisition.isCovered())
			throw new Error("another process is refreshing this token");
		// The wait for the lease may have been long, and everybody may have left in the meantime.
		throwIfAborted(abortSignal);
		const document = await store.read(name);
		const late = document !== before && look(acquisition, document);
		if (late) return late;
		const held = await heldWithDocuments(acquisition, store, name, document);
		return await askAndPut(acquisition, store, name, held);
	} finally {
		await lease?.release();
	}
}

function askAndPut(
	acquisition: Acquisition,
	store: GuardedStore,
	name: DocumentName,
	held: Held,
): Promise<AccessToken> {
	const { cache, isRevoked, need, owner, now } = acquisition;
	return askSource(acquisition, held, async (grant, requestedAt) => {
		const times = { requestedAt, cachedAt: now() };
		const written = { owner, scopes: need.scopes, grant, times };
		await store.put(name, written, isRevoked);
		// What was replaced is in other memories too. Nobody waits until they know.
		if (need.ask.claims !== undefined)
			void store.invalidations.announce(name, cache);
	});
}

/** The token that the document has for the need, when it spares the request. Claims are answered by the source only. */
function look(
	{ need, owner, now, recall }: Acquisition,
	document: Document,
): AccessToken | undefined {
	if (need.ask.claims !== undefined) return undefined;
	const found = findToken(document, owner, need.scopes, now());
	return found && recall(found);
}
