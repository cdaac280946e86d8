import type { AccessToken } from "@azure/core-auth";
import { jsonObject } from "../foundation/json-object.ts";
import type { HttpAnswer } from "../platform/http.ts";
import type { Grant } from "../token.ts";
import { type AccountContext, accountOf } from "./account.ts";
import { type Asked, refusal, unusable } from "./refusal.ts";

/** No token lives longer than ten years; a larger number is a mistake, and would overflow elsewhere. */
const LONGEST_LIFETIME_S = 10 * 365 * 24 * 3_600;

/**
 * What a successful answer grants. Times count from when the request set out, so that a slow
 * answer never makes a token seem to live longer than it does.
 * @param scopes The scopes that were asked for: what is granted when the answer names none.
 * @throws AuthenticationError when there is no token in it, or none that could be used. What the
 * body holds is never in the error.
 */
export function parseTokenResponse(
	asked: Asked,
	answer: HttpAnswer,
	scopes: readonly string[],
	context: AccountContext,
): Grant {
	const fail = (reason: string): never => {
		throw unusable(
			asked,
			answer,
			"invalid_response",
			`the token that ${new URL(asked.url).host} answered with cannot be used: ${reason}. Check authorityHost, and whether a proxy answers in the service's place.`,
		);
	};
	const document = jsonObject(answer.body);
	if (document === undefined) return fail("the answer is no JSON document");
	// Some endpoints refuse with status 200.
	if (typeof document.error === "string") throw refusal(asked, answer);

	const token = text(document.access_token);
	if (token === undefined) return fail("there is no access_token in it");
	const type = document.token_type ?? "Bearer";
	if (typeof type !== "string" || type.toLowerCase() !== "bearer")
		return fail("its token_type is not Bearer");
	const lifetime = seconds(document.expires_in);
	if (lifetime === undefined)
		return fail("expires_in is no whole number of seconds above 0");

	const idToken = text(document.id_token);
	const clientInfo = text(document.client_info);
	const account = accountOf(idToken, clientInfo, context);
	if (typeof account === "string") return fail(account);
	const refreshToken = text(document.refresh_token);
	const familyId = text(document.foci);
	const after = (count: number) => answer.sentAt + count * 1_000;
	const extended = seconds(document.ext_expires_in);
	return {
		token: frozenToken(token, after, lifetime, seconds(document.refresh_in)),
		scope: text(document.scope) ?? scopes.join(" "),
		...(extended !== undefined &&
			extended > lifetime && { extendedExpiresOn: after(extended) }),
		...(refreshToken !== undefined && { refreshToken }),
		...(idToken !== undefined && { idToken }),
		...(account !== undefined && {
			account,
			homeAccountId: account.homeAccountId,
		}),
		...(familyId !== undefined && { familyId }),
	};
}

/** Frozen because every caller gets the same object. */
function frozenToken(
	token: string,
	after: (count: number) => number,
	lifetime: number,
	refreshIn: number | undefined,
): AccessToken {
	const isUseful = refreshIn !== undefined && refreshIn < lifetime;
	return Object.freeze({
		token,
		expiresOnTimestamp: after(lifetime),
		...(isUseful && { refreshAfterTimestamp: after(refreshIn) }),
		tokenType: "Bearer",
	} as const);
}

/** A whole number above 0, as a number or as digits. */
function seconds(value: unknown): number | undefined {
	const isDigits = typeof value === "string" && /^\d+$/.test(value);
	const number = isDigits ? Number(value) : value;
	if (typeof number !== "number" || !(number > 0)) return undefined;
	if (!Number.isInteger(number)) return undefined;
	return Math.min(number, LONGEST_LIFETIME_S);
}

function text(value: unknown): string | undefined {
	return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
