import { TokenCache } from "../cache/token-cache.ts";
import { base64Text } from "../foundation/base64-text.ts";
import { jsonObject } from "../foundation/json-object.ts";
import type { TokenSource } from "../token.ts";
import {
	type AzureCliProfile,
	azureCliProfile,
} from "../tools/azure-cli-profile.ts";
import type { GetToken } from "./token-getter.ts";

/** Makes a `getToken` that remembers in this cache, and whose source is watched. */
type GetterOn = (
	tokenCache: TokenCache,
	watched: (source: TokenSource) => TokenSource,
) => GetToken;

/** What was remembered, and who was signed in then. */
interface Memory {
	readonly account: string;
	tokens: string;
	readonly getToken: GetToken;
}

/**
 * `getToken` with a memory that lasts as long as the same account is signed in to the Azure CLI: each call looks whether
 * the files have changed in which the CLI keeps that, and begins with an empty memory when they have. So a token of one
 * account is never handed out beside one of another.
 */
export function rememberWhileSignedIn(
	getterOn: GetterOn,
	now?: () => number,
): GetToken {
	const profile = azureCliProfile(now);
	let memory: Memory | undefined;

	function begin(account: string, tokens: string): Memory {
		const tokenCache = new TokenCache(now && { now });
		const watched = (source: TokenSource) =>
			watchedSource(source, profile, own, () => {
				if (memory === own) memory = undefined;
			});
		const own: Memory = {
			account,
			tokens,
			getToken: getterOn(tokenCache, watched),
		};
		return own;
	}

	return (scopes, options) => {
		const account = profile.account();
		const tokens = profile.tokens();
		if (memory?.account !== account || memory.tokens !== tokens)
			memory = begin(account, tokens);
		return memory.getToken(scopes, options);
	};
}

function watchedSource(
	source: TokenSource,
	profile: AzureCliProfile,
	memory: Memory,
	forget: () => void,
): TokenSource {
	const identities = new Map<string, string>();
	return async (request, held) => {
		const grant = await source(request, held);
		// The CLI writes its tokens itself when it renews one. Whether somebody else has signed in meanwhile, the account
		// tells: then the memory stays as it was, and the next call begins a new one.
		if (profile.account() === memory.account) memory.tokens = profile.tokens();
		const identity = identityOf(grant.token.token);
		const known = identities.get(request.tenantId) ?? identity;
		if (known !== identity) forget();
		identities.set(request.tenantId, identity);
		return grant;
	};
}

/** Whom a token speaks for. One that cannot be read speaks for nobody we know. */
function identityOf(token: string): string {
	const payload = base64Text(token.split(".")[1] ?? "");
	const { appid, azp, oid } =
		(payload === undefined ? undefined : jsonObject(payload)) ?? {};
	return JSON.stringify([oid ?? null, appid ?? azp ?? null]);
}
