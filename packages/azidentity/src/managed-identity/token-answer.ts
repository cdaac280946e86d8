import type { AccessToken } from "@azure/core-auth";
import { expiryOf, secondsOf } from "./expiry.ts";

/** Shorter lives are left to run to their end: the host itself has no newer token before then. */
const LONG_LIFE_MS = 2 * 3_600_000;

/**
 * The token in a host's answer, frozen because every caller gets the same object; or why there is none
 * that could be used. It may be past its end: then it is the caller's to judge, and not remembered.
 * @param sentAt When the request set out, in milliseconds since 1970.
 */
export function tokenOf(
	document: Readonly<Record<string, unknown>>,
	sentAt: number,
): AccessToken | string {
	const { access_token: token, token_type: type = "Bearer" } = document;
	if (typeof token !== "string" || token.trim() === "")
		return "there is no access_token in it";
	if (typeof type !== "string" || type.toLowerCase() !== "bearer")
		return "its token_type is not Bearer";
	const expiresOnTimestamp = expiryOf(document, sentAt);
	if (expiresOnTimestamp === undefined)
		return "neither expires_on nor expires_in says when the token ends";
	const life = expiresOnTimestamp - sentAt;
	const refreshIn = refreshOf(document.refresh_in, life);
	return Object.freeze({
		token,
		expiresOnTimestamp,
		...(refreshIn !== undefined && {
			refreshAfterTimestamp: sentAt + refreshIn,
		}),
		tokenType: "Bearer",
	} as const);
}

/** After how many milliseconds of its life a token is due: the host's own word, else half of a long life. */
function refreshOf(refreshIn: unknown, life: number): number | undefined {
	const wish = secondsOf(refreshIn);
	if (wish !== undefined && wish > 0 && wish * 1_000 < life)
		return wish * 1_000;
	return life > LONG_LIFE_MS ? Math.floor(life / 2) : undefined;
}
