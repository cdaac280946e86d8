import { CredentialUnavailableError } from "../errors.ts";
import { normaliseScopes } from "./scopes.ts";

/** What scopes that a tool gets are made of. Whatever else a scope may hold could mean something to a shell. */
const SCOPE = /^[0-9a-zA-Z_.:/][0-9a-zA-Z-_.:/]*$/;

/** Names and ids of subscriptions, as the Azure CLI's own users write them. */
const SUBSCRIPTION = /^[0-9a-zA-Z._][0-9a-zA-Z-._ ]*$/;

/**
 * The scopes as `normaliseScopes` gives them, when a tool may get each as an argument: one that can neither be read
 * as an option nor hide another command.
 * @throws TypeError that names the credential and the argument `scopes`.
 */
export function toolScopes(
	credentialName: string,
	scopes: string | readonly string[],
): string[] {
	const normalised = normaliseScopes(credentialName, scopes);
	if (normalised.every((scope) => SCOPE.test(scope))) return normalised;
	throw new TypeError(
		`${credentialName}: the argument scopes has a character that is not passed to a tool: use letters, digits, "-", "_", ".", ":" and "/", and do not begin with "-".`,
	);
}

/**
 * {@link toolScopes}, for tools that get a token for one resource at a time.
 * @throws TypeError also when there is more than one scope.
 */
export function oneToolScope(
	credentialName: string,
	scopes: string | readonly string[],
): string[] {
	const all = toolScopes(credentialName, scopes);
	if (all.length === 1) return all;
	throw new TypeError(
		`${credentialName}: the argument scopes must be one scope, such as "https://vault.azure.net/.default": the tool gets a token for one resource at a time.`,
	);
}

/** The resource that a scope of the form `{resource}/.default` is for; any other scope is a resource itself. */
export function resourceOf(scope: string): string {
	const suffix = "/.default";
	return scope.endsWith(suffix) ? scope.slice(0, -suffix.length) : scope;
}

/** @throws CredentialUnavailableError when a subscription of this name would not reach the tool as it is. */
export function checkSubscription(
	credentialName: string,
	subscription: string,
): void {
	if (typeof subscription === "string" && SUBSCRIPTION.test(subscription))
		return;
	throw new CredentialUnavailableError(
		`${credentialName}: the option subscription may hold letters, digits, "-", "_", "." and spaces only. Pass the subscription's id in place of its name.`,
	);
}
