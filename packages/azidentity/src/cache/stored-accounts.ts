import { findAccounts } from "./document-accounts.ts";
import { guardedStore } from "./guarded-store.ts";
import type { ClientOwner } from "./holding.ts";
import { ownerKey } from "./owner.ts";
import type { KnownAccount } from "./token-cache.ts";
import type { TokenStore } from "./token-store.ts";

/**
 * The people whom the client can serve from a store that keeps one document for everybody, in both flavours:
 * a refresh token got under one serves the other. A store with one document per owner knows nobody by name.
 */
export async function storedAccounts(
	tokenStore: TokenStore,
	client: ClientOwner,
): Promise<KnownAccount[]> {
	const store = guardedStore(tokenStore);
	const nobody = { ...client, tenantId: "", homeAccountId: "" };
	const documents = await Promise.all(
		[false, true].map((cae) =>
			store.read({ cae, owner: ownerKey(nobody, cae) }),
		),
	);
	return documents.flatMap((document) => findAccounts(document, client));
}
