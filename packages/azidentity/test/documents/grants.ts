import { hours } from "@azidentity/testkit";
import { findToken, parseDocument } from "../../src/cache/document.ts";
import type { Grant } from "../../src/token.ts";
import { APP_OWNER, HOME, NOW, sections, TENANT } from "./unified.ts";

export const VAULT = "https://vault.azure.net/.default";
export const GRAPH = "https://graph.microsoft.com/.default";

/** A grant of a token that lives for an hour. */
export function grantOf(
	token: string,
	scope: string,
	more: Partial<Grant> = {},
) {
	const expiresOnTimestamp = NOW + hours(1);
	return { token: { token, expiresOnTimestamp }, scope, ...more };
}

/** The times of a grant; it came at once unless told otherwise. */
export const at = (requestedAt: number, cachedAt = requestedAt) => ({
	requestedAt,
	cachedAt,
});

/** What a person's sign-in leaves. */
export const SIGN_IN: Partial<Grant> = {
	refreshToken: "rt-new",
	idToken: "header.payload.",
	homeAccountId: HOME,
	account: {
		homeAccountId: HOME,
		localAccountId: "oid-1",
		environment: "login.microsoftonline.com",
		realm: TENANT.toUpperCase(),
		username: "Ada@example.com",
	},
};

/** The token found in a document; the app's unless told otherwise. */
export const secretOf = (
	text: string,
	scope: string,
	owner: Parameters<typeof findToken>[1] = APP_OWNER,
	now = NOW,
) => findToken(parseDocument(text), owner, [scope], now)?.token.token;

/** All access tokens of a document, in its order. */
export const secretsIn = (text: string) =>
	Object.values(sections(text).AccessToken).map(({ secret }) => secret);
