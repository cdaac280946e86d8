import { normaliseScopes } from "../foundation/scopes.ts";

const SUFFIX = "/.default";

/**
 * The resource of the one scope, in a list of one: the scope without a "/.default" at its end.
 * @throws TypeError when there is no scope, or more than one: a host gives a token for one resource.
 */
export function resourceScopes(
	credentialName: string,
	scopes: string | readonly string[],
): string[] {
	const [scope = "", ...more] = normaliseScopes(credentialName, scopes);
	if (more.length > 0)
		throw new TypeError(
			`${credentialName}: the argument scopes has more than one scope. Multiple scopes are not supported: ask for each resource on its own.`,
		);
	const resource = scope.endsWith(SUFFIX)
		? scope.slice(0, -SUFFIX.length)
		: scope;
	if (resource !== "") return [resource];
	throw new TypeError(
		`${credentialName}: the argument scopes names no resource. Pass one such as "https://vault.azure.net/.default".`,
	);
}
