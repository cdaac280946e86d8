// The library wants resources as absolute URIs of their own and scopes without a resource in them.
import { isOidcScope, type ScopeRequest } from "../dialect/scope.ts";

const PREFIX = "urn:entra:";

/** The library's name for a resource. */
export const resourceUri = (resource: string): string =>
	`${PREFIX}${encodeURIComponent(resource)}`;

export const resourceOf = (uri: string): string =>
	decodeURIComponent(uri.slice(PREFIX.length));

/** Stands among the resource's scopes for what has no other place in the library's terms. */
const DEFAULT = ".default";
/** Nothing was asked for by name, which grants the same as `.default` but is answered differently. */
const IMPLIED = ".implied";
/** `offline_access` was asked for: the library itself forgets that unless the person was asked for consent. */
export const OFFLINE = ".offline";

/** What every resource has to have, so that the library lets it pass. */
export const STANDING_SCOPES = [DEFAULT, IMPLIED, OFFLINE];

/** The library's names for what is asked of the resource. */
export function resourceScopes(scope: ScopeRequest): string[] {
	const offline = scope.oidc.includes("offline_access") ? [OFFLINE] : [];
	if (scope.wantsDefault) return [DEFAULT, ...offline];
	if (scope.permissions.length === 0) return [IMPLIED, ...offline];
	return [...scope.permissions, ...offline];
}

export const libraryScope = (scope: ScopeRequest): string =>
	[...scope.oidc, ...resourceScopes(scope)].join(" ");

/** What the library keeps, back in our terms. */
export function scopeRequest(scope: string, resource: string): ScopeRequest {
	const words = scope.split(" ").filter(Boolean);
	const named = words.filter((word) => !isOidcScope(word));
	const oidc = words.filter(isOidcScope);
	return {
		resource: resourceOf(resource),
		permissions: named.filter((word) => !STANDING_SCOPES.includes(word)),
		wantsDefault: named.includes(DEFAULT),
		oidc: named.includes(OFFLINE) ? withOffline(oidc) : oidc,
	};
}

const withOffline = (oidc: readonly string[]) => [
	...new Set([...oidc, "offline_access"]),
];
