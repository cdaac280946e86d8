// The library wants resources as absolute URIs of their own and scopes without a resource in them.
import { isOidcScope, type ScopeRequest } from "../dialect/scope.ts";

const PREFIX = "urn:entra:";

/** The library's name for a resource. */
export const resourceUri = (resource: string): string =>
	`${PREFIX}${encodeURIComponent(resource)}`;

export const resourceOf = (uri: string): string =>
	decodeURIComponent(uri.slice(PREFIX.length));

/** `.default` was asked for; and nothing was, which grants the same but is answered differently. */
const DEFAULT = ".default";
const IMPLIED = ".implied";

/** The library's names for what is asked of the resource. */
export function resourceScopes(scope: ScopeRequest): string[] {
	if (scope.wantsDefault) return [DEFAULT];
	return scope.permissions.length > 0 ? [...scope.permissions] : [IMPLIED];
}

export const libraryScope = (scope: ScopeRequest): string =>
	[...scope.oidc, ...resourceScopes(scope)].join(" ");

/** What the library keeps, back in our terms. */
export function scopeRequest(scope: string, resource: string): ScopeRequest {
	const words = scope.split(" ").filter(Boolean);
	const named = words.filter((word) => !isOidcScope(word));
	return {
		resource: resourceOf(resource),
		permissions: named.filter((word) => word !== DEFAULT && word !== IMPLIED),
		wantsDefault: named.includes(DEFAULT),
		oidc: words.filter(isOidcScope),
	};
}
