import type { Document } from "./document.ts";
import { readAccessToken } from "./document-access-token.ts";

/**
 * When the last access token of a document is of no use any more, in milliseconds since 1970. `Infinity` when there is a
 * refresh token: when it ends is known to the service only.
 */
export function usefulUntil(document: Document): number {
	if (document.entries("RefreshToken").size > 0)
		return Number.POSITIVE_INFINITY;
	let last = 0;
	for (const [key, entity] of document.entries("AccessToken")) {
		const end = readAccessToken(key, entity)?.extendedExpiresOn ?? 0;
		if (end > last) last = end;
	}
	return last;
}
