import { errors, type ResourceServer } from "oidc-provider";
import type { EngineParts } from "./engine-parts.ts";
import { currentExchange } from "./exchange.ts";
import {
	resourceOf,
	resourceScopes,
	STANDING_SCOPES,
} from "./library-scope.ts";

/** What the library is to know of a resource. Whatever permission is asked for is there to be granted. */
export function resourceServer(
	{ directory, knobs }: EngineParts,
	uri: string,
): ResourceServer {
	const resource = directory.resource(resourceOf(uri));
	if (resource === undefined) throw new errors.InvalidTarget();
	const exchange = currentExchange();
	const asked = exchange === undefined ? [] : resourceScopes(exchange.scope);
	return {
		scope: [
			...new Set([...STANDING_SCOPES, ...resource.permissions, ...asked]),
		].join(" "),
		audience: resource.audience,
		accessTokenTTL: Math.floor(knobs.accessTokenLifetime / 1_000),
		accessTokenFormat: "jwt",
		jwt: { sign: { alg: "RS256" } },
	};
}
