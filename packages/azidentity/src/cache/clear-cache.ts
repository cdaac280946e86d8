import { scopeSet } from "./document-access-token.ts";
import { clearEntries, isAboutAccounts } from "./document-clear.ts";
import { type GuardedStore, guardedStore } from "./guarded-store.ts";
import { type Holdings, isPerson } from "./holding.ts";
import type { MemoryBounds } from "./memory-bounds.ts";
import { ownerOfKey } from "./owner.ts";
import type { Partition } from "./partition.ts";
import {
	areScopes,
	clearingName,
	isSubject,
	partitionSubject,
	readFilter,
	subjectOf,
	type TokenFilter,
	type Wanted,
} from "./token-filter.ts";
import type { DocumentName, TokenStore } from "./token-store.ts";

/** What a cache is made of, for those who look into it. */
export interface CacheParts {
	readonly partitions: ReadonlyMap<string, Partition>;
	readonly bounds: MemoryBounds;
	readonly holdings: Holdings;
	readonly store: TokenStore | undefined;
	/** What is being cleared just now: flights that set out meanwhile bring nothing that is remembered. */
	readonly clearings: Set<Clearing>;
}

/** Whether what a flight brings that sets out now, for scopes in canonical form, would have to be dropped again at once. */
export type Clearing = (partition: Partition, scopes: string) => boolean;

/**
 * Removes what is meant from memory and from the store. What was under way when it began, or sets out before it ends,
 * reaches those who wait for it, and is remembered nowhere.
 *
 * Others are told before and after the store is changed: the first time so that what they have under way does not come
 * into the store again, the second time because they may have read it in between.
 */
export async function clearCache(
	parts: CacheParts,
	filter: TokenFilter | undefined,
): Promise<void> {
	const wanted = readFilter(filter);
	const clearing: Clearing = (partition, scopes) =>
		isSubject(wanted, partitionSubject(partition)) &&
		areScopes(wanted, new Set(scopes.split(" ")));
	parts.clearings.add(clearing);
	try {
		forget(parts, wanted);
		if (parts.store === undefined) return;
		const store = guardedStore(parts.store);
		forget(parts, wanted, await clearStore(parts, wanted, store));
	} finally {
		parts.clearings.delete(clearing);
	}
}

/** Drops what is meant, and those tokens, from memory. */
function forget(
	{ bounds, partitions }: CacheParts,
	wanted: Wanted,
	tokens: ReadonlySet<string> = new Set(),
): void {
	for (const partition of [...partitions.values()]) {
		if (!isSubject(wanted, partitionSubject(partition))) continue;
		// A person's refresh token serves other tenants too, and goes only with all that is the person's.
		const isWhole =
			isAboutAccounts(wanted) ||
			(wanted.scopes === undefined && !isPerson(partition.owner));
		if (isWhole) bounds.expel(partition, "cleared");
		else forgetTokens(bounds, partition, wanted, tokens);
	}
}

function forgetTokens(
	bounds: MemoryBounds,
	partition: Partition,
	wanted: Wanted,
	tokens: ReadonlySet<string>,
): void {
	const isMeant = (scopes: string) => areScopes(wanted, scopeSet(scopes));
	// What somebody signed in for just now may be for any scopes.
	partition.disown((flightKey) => {
		const [scopes = ""] = flightKey.split("\n");
		return scopes === "" || isMeant(scopes);
	});
	for (const entry of new Set(partition.entries()))
		if (isMeant(entry.key) || tokens.has(entry.token.token))
			bounds.drop(entry, "cleared");
}

/** Gives the access tokens that were removed. Rejects as the store does: who signs out must know that it failed. */
async function clearStore(
	cache: CacheParts,
	wanted: Wanted,
	store: GuardedStore,
): Promise<ReadonlySet<string>> {
	const { invalidations } = store;
	const gone = new Set<string>();
	await invalidations.announce(clearingName(wanted), cache);
	for await (const name of store.names()) {
		if (!mayHold(name, wanted)) continue;
		const present = await store.look(name);
		let cleared = clearEntries(present, wanted);
		if (cleared.document === present) continue;
		await store.edit(name, (document) => {
			cleared = clearEntries(document, wanted);
			return cleared.document;
		});
		for (const token of cleared.tokens) gone.add(token);
	}
	await invalidations.announce(clearingName(wanted), cache);
	return gone;
}

/** Whether the document can hold something that is meant: where there is one per owner, its name says whose it is. */
function mayHold({ owner }: DocumentName, wanted: Wanted): boolean {
	const one = ownerOfKey(owner);
	return one === undefined || isSubject(wanted, subjectOf(one));
}
