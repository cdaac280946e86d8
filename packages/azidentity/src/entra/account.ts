import { base64Text } from "../foundation/base64-text.ts";
import { jsonObject } from "../foundation/json-object.ts";
import type { Account } from "../token.ts";

/** What an id token must agree with. */
export interface AccountContext {
	readonly clientId: string;
	readonly tenantId: string;
	readonly environment: string;
	/** The nonce of the sign-in, when one was sent. */
	readonly nonce?: string | undefined;
	/** The account that is asked for, when it is known: what stands when the answer has no `client_info`. */
	readonly homeAccountId?: string | undefined;
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The account that an answer is about. The id token is decoded and compared with the request, not
 * validated: it came over TLS from the token endpoint itself (OpenID Connect Core §3.1.3.7).
 * @returns The account; undefined when the answer names none; a text that says what is wrong.
 */
export function accountOf(
	idToken: string | undefined,
	clientInfo: string | undefined,
	context: AccountContext,
): Account | string | undefined {
	if (idToken === undefined) {
		if (context.nonce === undefined)
			return accountWithoutName(clientInfo, context);
		return "there is no id token in it that ties it to the sign-in (nonce)";
	}
	const claims = decoded(idToken.split(".")[1]);
	if (claims === undefined) return "its id token cannot be read";
	const wrong = disagreement(claims, context);
	if (wrong !== undefined) return wrong;

	const { oid, sub } = claims;
	const localAccountId = text(oid) ?? text(sub);
	const homeAccountId =
		homeAccountIdOf(clientInfo) ?? context.homeAccountId ?? text(sub);
	if (localAccountId === undefined || homeAccountId === undefined)
		return "its id token names nobody";
	const emails = Array.isArray(claims.emails) ? claims.emails : [];
	return {
		homeAccountId,
		localAccountId,
		environment: context.environment,
		realm: text(claims.utid) ?? text(claims.tid) ?? context.tenantId,
		username:
			text(claims.preferred_username) ??
			text(claims.upn) ??
			text(emails[0]) ??
			"",
	};
}

/** Who it is can be told without an id token, but not how they are called: that must replace no name that is known. */
function accountWithoutName(
	clientInfo: string | undefined,
	{ environment, homeAccountId: expected, tenantId }: AccountContext,
): Account | undefined {
	const homeAccountId = homeAccountIdOf(clientInfo);
	if (homeAccountId === undefined || homeAccountId === expected)
		return undefined;
	return {
		homeAccountId,
		localAccountId: text(decoded(clientInfo)?.uid) ?? homeAccountId,
		environment,
		realm: text(decoded(clientInfo)?.utid) ?? tenantId,
		username: "",
	};
}

function disagreement(
	claims: Record<string, unknown>,
	context: AccountContext,
): string | undefined {
	const { aud, nonce, tid } = claims;
	// The service writes ids in lower case, whatever the program does.
	if (String(aud).toLowerCase() !== context.clientId.toLowerCase())
		return "its id token is for another client";
	if (context.nonce !== undefined && nonce !== context.nonce)
		return "its id token is for another sign-in (nonce)";
	if (tid !== undefined && !(typeof tid === "string" && GUID.test(tid)))
		return "its id token names no tenant";
	return undefined;
}

/** `client_info` is base64url of `{"uid":…,"utid":…}`; without a home tenant, the id stands for both. */
function homeAccountIdOf(clientInfo: string | undefined): string | undefined {
	const { uid, utid } = decoded(clientInfo) ?? {};
	const user = text(uid);
	return user === undefined ? undefined : `${user}.${text(utid) ?? user}`;
}

function decoded(
	encoded: string | undefined,
): Record<string, unknown> | undefined {
	const document = encoded === undefined ? undefined : base64Text(encoded);
	return document === undefined ? undefined : jsonObject(document);
}

function text(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}
