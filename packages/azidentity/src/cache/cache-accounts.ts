import type { Account } from "../token.ts";
import type { CacheParts } from "./clear-cache.ts";
import { type ClientOwner, type Holdings, isPerson } from "./holding.ts";
import type { KnownAccount } from "./token-cache.ts";

/** The people who signed in to the client at its cloud, each once: those in memory before those in the store. */
export async function cacheAccounts(
	{ holdings, store }: CacheParts,
	client: ClientOwner,
): Promise<KnownAccount[]> {
	const known = new Map<string, KnownAccount>();
	for (const account of heldAccounts(holdings, client))
		known.set(account.homeAccountId, account);
	if (store !== undefined) {
		const { storedAccounts } = await import("./stored-accounts.ts");
		for (const account of await storedAccounts(store, client))
			if (!known.has(account.homeAccountId))
				known.set(account.homeAccountId, account);
	}
	return [...known.values()];
}

/** The people of whom the client holds something at this cloud. */
function heldAccounts(
	holdings: Holdings,
	{ clientId, environment }: ClientOwner,
): Account[] {
	const client = clientId.toLowerCase();
	const cloud = environment.toLowerCase();
	return [...holdings.all()]
		.filter(
			({ owner }) =>
				isPerson(owner) &&
				owner.clientId.toLowerCase() === client &&
				owner.environment.toLowerCase() === cloud,
		)
		.flatMap(({ account }) => account ?? []);
}
