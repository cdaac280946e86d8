import type { AccessToken } from "@azure/core-auth";
import { type Acquisition, askSource } from "./ask-source.ts";

/**
 * Gets a token for a partition: from the document another process may have written, or from the source.
 * What comes from the source is in the document before anybody is handed it.
 */
export async function acquire(acquisition: Acquisition): Promise<AccessToken> {
	const { store, held } = acquisition;
	if (store === undefined) return askSource(acquisition, held);
	loading ??= import("./ask-store-first.ts");
	const { askStoreFirst } = await loading;
	return askStoreFirst(acquisition, store);
}

/** The codec of documents is loaded by those who have documents. */
let loading: Promise<typeof import("./ask-store-first.ts")> | undefined;
