import type { Draft } from "./document-draft.ts";
import {
	type Identity,
	personOf,
	readIdentity,
	readTime,
} from "./document-entity.ts";

/**
 * Drops what was got on behalf of assertions' bearers and can serve nobody any more: access tokens that have
 * expired, and with the last one of an assertion its refresh tokens, since the assertion itself does as well
 * as they do. A service sees thousands of assertions a day, and none of them comes back. What is not got on
 * anybody's behalf, or cannot be read, stays.
 * @param subject Whose grant is about to be put: the refresh tokens stay.
 */
export function dropExpired(draft: Draft, subject: Identity, now: number) {
	const served = new Set([bearerOf(subject)]);
	const expired: string[] = [];
	for (const [key, entity] of draft.entries("AccessToken")) {
		const stored = readIdentity(entity);
		const expiresOn = readTime(entity, "expires_on");
		if (!stored?.assertionHash || expiresOn === undefined) continue;
		const extended = readTime(entity, "extended_expires_on") ?? 0;
		if (Math.max(expiresOn, extended) <= now) expired.push(key);
		else served.add(bearerOf(stored));
	}
	const orphaned: string[] = [];
	for (const [key, entity] of draft.entries("RefreshToken")) {
		const stored = readIdentity(entity);
		if (stored?.assertionHash && !served.has(bearerOf(stored)))
			orphaned.push(key);
	}
	draft.remove("AccessToken", expired);
	draft.remove("RefreshToken", orphaned);
}

function bearerOf(identity: Identity): string {
	return JSON.stringify([identity.clientId, personOf(identity)]);
}
