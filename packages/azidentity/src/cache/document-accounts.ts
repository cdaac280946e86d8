import type { Account } from "../token.ts";
import { type Document, findRefreshTokens } from "./document.ts";
import { listEntries } from "./document-list.ts";
import type { Owner } from "./owner.ts";

/** The people for whom the client has a refresh token it may use, each once, with the name they are known by. */
export function findAccounts(
	document: Document,
	client: Pick<Owner, "clientId" | "environment">,
): Pick<Account, "homeAccountId" | "username">[] {
	const names = new Map<string, string>();
	for (const { homeAccountId, username } of listEntries(document)) {
		if (homeAccountId === "") continue;
		names.set(homeAccountId, names.get(homeAccountId) || username);
	}
	const isUsable = (homeAccountId: string) =>
		findRefreshTokens(document, { ...client, tenantId: "", homeAccountId })
			.length > 0;
	return [...names]
		.filter(([homeAccountId]) => isUsable(homeAccountId))
		.map(([homeAccountId, username]) => ({ homeAccountId, username }));
}
