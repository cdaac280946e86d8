import type Provider from "oidc-provider";
import type { TokenEndpointGrantContext } from "oidc-provider";
import { idTokenClaims } from "../dialect/claims.ts";
import type { User } from "../fixtures.ts";
import type { EngineParts } from "./engine-parts.ts";
import { requiredExchange } from "./exchange.ts";
import { libraryScope, resourceScopes, resourceUri } from "./library-scope.ts";
import { resourceServer } from "./resource-server.ts";

/**
 * Issues what a grant of our own comes to, as the context's body. The library does this itself for the grants that it
 * knows; for others it leaves the whole of it to whoever brings them.
 */
export async function issueTokens(
	provider: Provider,
	parts: EngineParts,
	context: TokenEndpointGrantContext,
	user: User,
	grantType: string,
): Promise<void> {
	const { client } = context.oidc;
	const { scope } = requiredExchange(context.req);
	const resource = resourceUri(scope.resource);

	const grant = new provider.Grant({
		clientId: client.clientId,
		accountId: user.id,
	});
	if (scope.oidc.length > 0) grant.addOIDCScope(scope.oidc.join(" "));
	grant.addResourceScope(resource, resourceScopes(scope).join(" "));
	const grantId = await grant.save();
	context.oidc.entity("Grant", grant);

	const issued = { accountId: user.id, client, grantId, gty: grantType };
	const accessToken = new provider.AccessToken({
		...issued,
		scope: resourceScopes(scope).join(" "),
		resourceServer: new provider.ResourceServer(
			resource,
			resourceServer(parts, resource),
		),
	});
	context.oidc.entity("AccessToken", accessToken);
	context.body = {
		access_token: await accessToken.save(),
		expires_in: accessToken.expiration,
		...(scope.oidc.includes("offline_access") && {
			refresh_token: await new provider.RefreshToken({
				...issued,
				scope: libraryScope(scope),
				resource,
				rotations: 0,
			}).save(),
		}),
		...(scope.oidc.includes("openid") && {
			id_token: await idToken(provider, parts, context, user),
		}),
	};
}

function idToken(
	provider: Provider,
	parts: EngineParts,
	context: TokenEndpointGrantContext,
	user: User,
): Promise<string> {
	const now = Math.floor(parts.now() / 1_000);
	const claims = idTokenClaims(user, context.oidc.client, now);
	const token = new provider.IdToken(claims, { ctx: context });
	token.set("auth_time", now);
	// The type does not list the member that chooses the claims by scope.
	const { scope } = requiredExchange(context.req);
	Object.assign(token, { scope: scope.oidc.join(" ") });
	return token.issue({ use: "idtoken" });
}
