import { badScope } from "./refusals.ts";

/** What no resource is named for belongs to Microsoft Graph. */
export const GRAPH = "https://graph.microsoft.com";

/** Scopes about the sign-in itself, which belong to no resource. */
const OIDC_SCOPES: ReadonlySet<string> = new Set([
	"openid",
	"profile",
	"email",
	"offline_access",
]);

export const isOidcScope = (scope: string): boolean => OIDC_SCOPES.has(scope);

/** A scope parameter, taken apart. */
export interface ScopeRequest {
	readonly resource: string;
	/** What was asked for by name at the resource. */
	readonly permissions: readonly string[];
	/** Whether `{resource}/.default` was asked for. */
	readonly wantsDefault: boolean;
	readonly oidc: readonly string[];
}

/**
 * Takes a scope parameter apart. The resource is what stands before the last "/", so `https://storage.azure.com//.default`
 * is for `https://storage.azure.com/` with its slash. Throws {@link badScope} for two resources, and for `.default`
 * beside named scopes.
 */
export function parseScope(scope: string): ScopeRequest {
	const words = [...new Set(scope.split(/\s+/).filter(Boolean))];
	const named = words.filter((word) => !isOidcScope(word)).map(splitScope);
	const resources = new Set(named.map(({ resource }) => resource));
	if (resources.size > 1)
		throw badScope(
			`Scopes of more than one resource were asked for: ${[...resources].join(" ")}.`,
		);
	const permissions = named.map(({ permission }) => permission);
	const wantsDefault = permissions.includes(".default");
	if (wantsDefault && permissions.length > 1)
		throw badScope(
			".default scope can't be combined with resource-specific scopes.",
		);
	return {
		resource: named[0]?.resource ?? GRAPH,
		permissions: wantsDefault ? [] : permissions,
		wantsDefault,
		oidc: words.filter(isOidcScope),
	};
}

function splitScope(word: string) {
	const slash = word.lastIndexOf("/");
	if (slash <= 0) return { resource: GRAPH, permission: word };
	return {
		resource: word.slice(0, slash),
		permission: word.slice(slash + 1),
	};
}

/** What a user is granted: what was named, or else all that the resource lets users delegate. */
export function grantedPermissions(
	request: ScopeRequest,
	delegable: readonly string[],
): readonly string[] {
	return request.permissions.length > 0 ? request.permissions : delegable;
}

/**
 * The scope of a user's answer: full names of what was granted, then `.default` again if it was asked for (a client that
 * caches under the answer would not find its token otherwise), then the sign-in's scopes save `offline_access`.
 */
export function answeredScope(
	request: ScopeRequest,
	delegable: readonly string[],
): string {
	const names = [
		...grantedPermissions(request, delegable),
		...(request.wantsDefault ? [".default"] : []),
	];
	return [
		...names.map((name) => `${request.resource}/${name}`),
		...request.oidc.filter((scope) => scope !== "offline_access"),
	].join(" ");
}
