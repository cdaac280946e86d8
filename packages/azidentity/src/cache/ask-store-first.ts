import type { AccessToken } from "@azure/core-auth";
import { throwIfAborted } from "../foundation/abort.ts";
import { type Acquisition, askSource } from "./ask-source.ts";
import { findHeld, findToken, putGrant } from "./document.ts";
import { guardedStore } from "./guarded-store.ts";
import type { TokenStore } from "./token-store.ts";

/** How long to wait for another process that is fetching the same token, before fetching it too. */
const PATIENCE_MS = 5_000;

/** Gets a token from the document if another process was faster, else from the source, and writes it there. */
export async function askStoreFirst(
	acquisition: Acquisition,
	tokenStore: TokenStore,
): Promise<AccessToken> {
	const store = guardedStore(tokenStore);
	const { need, abortSignal, owner, cae, key, now } = acquisition;
	const patience = need.isBehind ? 0 : PATIENCE_MS;
	const lease = await store.lease(`${key} ${need.flightKey}`, patience);
	try {
		if (lease === undefined && need.isBehind && acquisition.isCovered())
			throw new Error("another process is refreshing this token");
		// The wait for the lease may have been long, and everybody may have left in the meantime.
		throwIfAborted(abortSignal);
		const name = { cae, owner: key };
		const document = await store.read(name);
		const found =
			need.ask.claims === undefined
				? findToken(document, owner, need.scopes, now())
				: undefined;
		const recalled = found && acquisition.recall(found);
		if (recalled !== undefined) return recalled;
		const held = { ...acquisition.held, ...findHeld(document, owner) };
		return await askSource(acquisition, held, (grant, requestedAt) => {
			const times = { requestedAt, cachedAt: now() };
			return store.update(name, (current) =>
				putGrant(current, owner, need.scopes, grant, times),
			);
		});
	} finally {
		await lease?.release();
	}
}
