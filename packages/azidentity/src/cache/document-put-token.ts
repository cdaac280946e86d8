import type { Grant } from "../token.ts";
import {
	includesAll,
	REQUESTED_AT,
	scopeSet,
	splitScopes,
	tokenGroup,
} from "./document-access-token.ts";
import type { Draft } from "./document-draft.ts";
import { type Identity, timeText } from "./document-entity.ts";
import { accessTokenKey } from "./document-keys.ts";
import type { TokenGroup } from "./document-token-index.ts";

/** When a grant was asked for and when it came, in milliseconds since 1970. */
export interface GrantTimes {
	readonly requestedAt: number;
	readonly cachedAt: number;
}

/** No library hands out a token with less left, and Go writes none: it would only be in the way. */
const LEAST_LIFE_MS = 5 * 60_000;

/** An entry this far ahead was written by a clock that was wrong; it must not keep newer ones out for ever. */
const WRONG_CLOCK_MS = 60 * 60_000;

/** Members that say something of the token they stand beside, and nothing of the one that replaces it. */
const ABOUT_THE_TOKEN = [
	"keyid",
	"kid",
	"key_id",
	"ext_cache_key",
	"ext",
	"additionalCacheKeyComponents",
	"persisted_cache_parameters",
	"ext_expires_on",
	"requestedClaims",
	"requestedClaimsHash",
	"userAssertionHash",
];

const NO_TOKENS: TokenGroup = { byKey: new Map(), byScope: new Map() };

/** Whether what is stored set out later than a grant. Within one second, the one that comes last counts as later. */
export function isLater(setOut: number, times: GrantTimes): boolean {
	return (
		setOut > times.requestedAt && setOut <= times.cachedAt + WRONG_CLOCK_MS
	);
}

/**
 * Puts the access token of a grant in the place of those it makes useless.
 * Returns whether there is a newer one that does all that this one could, so that it was not put.
 */
export function putAccessToken(
	draft: Draft,
	subject: Identity,
	scopes: readonly string[],
	grant: Grant,
	times: GrantTimes,
): boolean {
	const { token, tokenType = "Bearer" } = grant.token;
	const target = targetOf(grant.scope, scopes);
	const targetScopes = scopeSet(target);
	const group = tokenGroup(subject, tokenType);
	const now = times.cachedAt;
	const key = accessTokenKey(subject, target, tokenType);

	const superseded = new Set<string>();
	const { groups } = draft.before.tokens();
	const { byKey, byScope } = groups.get(group) ?? NO_TOKENS;
	for (const scope of targetScopes)
		for (const stored of byScope.get(scope) ?? []) {
			if (!isLater(stored.requestedAt, times)) {
				if (includesAll(targetScopes, stored.scopes))
					superseded.add(stored.key);
			} else if (
				stored.expiresOn > now &&
				includesAll(stored.scopes, targetScopes)
			)
				return true;
		}
	for (const stored of byKey.values())
		if (stored.extendedExpiresOn <= now && !isLater(stored.requestedAt, times))
			superseded.add(stored.key);

	const members = accessTokenMembers(subject, target, grant, times);
	const isWorthKeeping =
		token !== "" &&
		target !== "" &&
		members.cached_at !== "" &&
		grant.token.expiresOnTimestamp - now >= LEAST_LIFE_MS &&
		members.expires_on !== "";
	draft.remove(
		"AccessToken",
		[...superseded].filter((other) => !isWorthKeeping || other !== key),
	);
	if (isWorthKeeping) draft.put("AccessToken", key, members, ABOUT_THE_TOKEN);
	return false;
}

function accessTokenMembers(
	subject: Identity,
	target: string,
	grant: Grant,
	times: GrantTimes,
) {
	const { token, tokenType, expiresOnTimestamp, refreshAfterTimestamp } =
		grant.token;
	const extended = Math.max(grant.extendedExpiresOn ?? 0, expiresOnTimestamp);
	const cachedAt = timeText(times.cachedAt);
	const requestedAt = timeText(times.requestedAt);
	return {
		home_account_id: subject.home,
		environment: subject.environment,
		realm: subject.realm,
		credential_type: "AccessToken",
		client_id: subject.clientId,
		secret: token,
		target,
		refresh_on: timeText(refreshAfterTimestamp),
		expires_on: timeText(expiresOnTimestamp),
		extended_expires_on: timeText(extended),
		cached_at: cachedAt,
		token_type: tokenType ?? "Bearer",
		user_assertion_hash: subject.assertionHash,
		[REQUESTED_AT]: requestedAt === cachedAt ? "" : requestedAt,
	};
}

/** What was granted, then what was asked for besides, each once: Go never finds a target that repeats itself. */
function targetOf(granted: string, requested: readonly string[]): string {
	const unique = new Map<string, string>();
	for (const scope of splitScopes([granted, ...requested].join(" "))) {
		const name = scope.toLowerCase();
		if (!unique.has(name)) unique.set(name, scope);
	}
	return [...unique.values()].join(" ");
}
