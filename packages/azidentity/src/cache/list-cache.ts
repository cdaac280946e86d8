import { type CachedToken, ownerOf, rememberedToken } from "./cached-token.ts";
import type { CacheParts } from "./clear-cache.ts";
import { splitScopes } from "./document-access-token.ts";
import { type DocumentEntry, listEntries } from "./document-list.ts";
import { guardedStore } from "./guarded-store.ts";
import type { TokenStore } from "./token-store.ts";

/** What the memory and the store have, the memory first. Rejects as the store does. */
export async function listCache(parts: CacheParts): Promise<CachedToken[]> {
	const { holdings, partitions, store } = parts;
	const tokens: CachedToken[] = [];
	for (const partition of [...partitions.values()])
		for (const entry of new Set(partition.entries()))
			tokens.push(rememberedToken(partition.whose, entry));
	for (const { knownAccount, owner, refreshToken } of holdings.all())
		if (refreshToken !== undefined)
			tokens.push({
				kind: "refreshToken",
				where: "memory",
				...ownerOf({ ...owner, tenantId: "" }, knownAccount),
				isCae: false,
				scopes: [],
			});
	if (store !== undefined) tokens.push(...(await storedTokens(store)));
	return named(tokens);
}

async function storedTokens(tokenStore: TokenStore): Promise<CachedToken[]> {
	const store = guardedStore(tokenStore);
	const tokens: CachedToken[] = [];
	for await (const name of store.names()) {
		const entries = listEntries(await store.look(name));
		const usernames = new Map<string, string>();
		for (const { homeAccountId, username } of entries)
			if (username !== "") usernames.set(homeAccountId, username);
		for (const entry of entries)
			tokens.push(...storedToken(entry, name.cae, usernames));
	}
	return tokens;
}

function storedToken(
	entry: DocumentEntry,
	cae: boolean,
	usernames: ReadonlyMap<string, string>,
): CachedToken[] {
	const isAccessToken = entry.kind === "AccessToken";
	if (!isAccessToken && entry.kind !== "RefreshToken") return [];
	const { cachedAt, expiresOn, homeAccountId, refreshOn } = entry;
	return [
		{
			kind: isAccessToken ? "accessToken" : "refreshToken",
			where: "store",
			clientId: entry.clientId,
			environment: entry.environment,
			tenantId: isAccessToken ? entry.tenantId : "",
			...(homeAccountId !== "" && {
				account: {
					homeAccountId,
					username: usernames.get(homeAccountId) ?? "",
				},
			}),
			isOnBehalfOf: entry.isOnBehalfOf,
			isCae: cae && isAccessToken,
			scopes: isAccessToken ? splitScopes(entry.scope) : [],
			...(cachedAt !== undefined && { cachedAt }),
			...(expiresOn !== undefined && { expiresOn }),
			...(refreshOn !== undefined && { refreshOn }),
		},
	];
}

/** With the names that other entries know: not everything that is of a person says what the person is called. */
function named(tokens: readonly CachedToken[]): CachedToken[] {
	const names = new Map<string, string>();
	for (const { account } of tokens)
		if (account?.username) names.set(account.homeAccountId, account.username);
	return tokens.map((token) => {
		const { account } = token;
		if (account === undefined || account.username !== "") return token;
		const username = names.get(account.homeAccountId) ?? "";
		return { ...token, account: { ...account, username } };
	});
}
