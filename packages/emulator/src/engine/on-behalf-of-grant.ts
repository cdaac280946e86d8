import type Provider from "oidc-provider";
import type { TokenEndpointGrantContext } from "oidc-provider";
import type { EntraError } from "../dialect/entra-error.ts";
import {
	appOnlyAssertion,
	assertionSignature,
	idTokenAssertion,
	missingParameter,
	revoked,
	userAssertionAudience,
	userAssertionTime,
} from "../dialect/refusals.ts";
import type { App, Tenant, User } from "../fixtures.ts";
import { issueMoment, type OwnTokens } from "../own-tokens.ts";
import { ON_BEHALF_GRANT } from "./client-metadata.ts";
import type { EngineParts } from "./engine-parts.ts";
import { requiredExchange } from "./exchange.ts";
import { issueTokens } from "./issue-tokens.ts";
import { refuse } from "./password-grant.ts";

/** Exchanges the token that a user sent to an API for one that the API may use in the user's name. */
export function registerOnBehalfOfGrant(
	provider: Provider,
	parts: EngineParts,
	tenant: Tenant,
	tokens: OwnTokens,
): void {
	const handler = async (context: TokenEndpointGrantContext) => {
		const { form, app } = requiredExchange(context.req);
		if (form.requested_token_use !== "on_behalf_of")
			return refuse(context, missingParameter("requested_token_use"));
		if (!form.assertion) return refuse(context, missingParameter("assertion"));
		const user = personIn(form.assertion, app, parts, tenant, tokens);
		if (!("id" in user)) return refuse(context, user);
		await issueTokens(provider, parts, context, user, "on_behalf_of");
	};
	provider.registerGrantType(ON_BEHALF_GRANT, handler, [
		"assertion",
		"requested_token_use",
		"scope",
		"resource",
	]);
}

function personIn(
	assertion: string,
	app: App | undefined,
	{ directory, revocations, now }: EngineParts,
	tenant: Tenant,
	tokens: OwnTokens,
): User | EntraError {
	const token = tokens.read(assertion);
	if (token === undefined || token.tid !== tenant.id)
		return assertionSignature();
	// Access tokens name the client they were issued to, id tokens are only for it.
	if (token.appid === undefined && token.azp === undefined)
		return idTokenAssertion();
	const names = [app?.clientId, ...(app?.identifierUris ?? [])];
	if (!names.includes(token.aud)) return userAssertionAudience();
	if (token.exp <= now() / 1_000) return userAssertionTime();
	if (token.idtyp === "app")
		return appOnlyAssertion(token.appid ?? token.azp ?? "");
	const user = directory.user(token.oid);
	if (user === undefined) return assertionSignature();
	if (revocations.latest(user.id) > issueMoment(token)) return revoked();
	return user;
}
