import type Provider from "oidc-provider";
import { errors, type TokenEndpointGrantContext } from "oidc-provider";
import type { EntraError } from "../dialect/entra-error.ts";
import {
	missingParameter,
	secondFactorNeeded,
	unknownUser,
	wrongPassword,
} from "../dialect/refusals.ts";
import type { Tenant, User } from "../fixtures.ts";
import type { EngineParts } from "./engine-parts.ts";
import { requiredExchange } from "./exchange.ts";
import { issueTokens } from "./issue-tokens.ts";

/** Resource owner password credentials. */
export function registerPasswordGrant(
	provider: Provider,
	parts: EngineParts,
	tenant: Tenant,
): void {
	const handler = async (context: TokenEndpointGrantContext) => {
		const { username, password } = requiredExchange(context.req).form;
		const user = signIn(parts, tenant, username, password);
		if (!("id" in user)) refuse(context, user);
		else await issueTokens(provider, parts, context, user, "password");
	};
	provider.registerGrantType("password", handler, [
		"username",
		"password",
		"scope",
		"resource",
	]);
}

function signIn(
	{ directory }: EngineParts,
	tenant: Tenant,
	username: string | undefined,
	password: string | undefined,
): User | EntraError {
	if (!username) return missingParameter("username");
	if (!password) return missingParameter("password");
	const user = directory.userNamed(username);
	if (user?.tenantId !== tenant.id) return unknownUser(username, tenant.name);
	if (user.password !== password) return wrongPassword();
	if (user.mfa === true) return secondFactorNeeded();
	return user;
}

/** Ends a grant with a refusal of ours. The library gets one of its own: what it does not know it takes for a crash. */
export function refuse(
	context: TokenEndpointGrantContext,
	refusal: EntraError,
): never {
	requiredExchange(context.req).refusal = refusal;
	throw new errors.InvalidGrant("refused by the directory");
}
