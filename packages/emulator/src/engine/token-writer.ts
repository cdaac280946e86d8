import { importJWK, SignJWT } from "jose";
import { type AccessTokenParts, accessTokenClaims } from "../dialect/claims.ts";
import { unknownResource } from "../dialect/refusals.ts";
import { parseScope } from "../dialect/scope.ts";
import type { User } from "../fixtures.ts";
import { tokenId } from "../own-tokens.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Exchange } from "./exchange.ts";

/** The header of every token: `x5t` repeats `kid`, as the service's do. */
export const tokenHeader = ({ signingKey }: EngineParts) => ({
	typ: "JWT",
	kid: signingKey.kid,
	x5t: signingKey.kid,
});

/** The claims of the access token that an exchange is about. */
export function exchangeClaims(
	parts: EngineParts,
	exchange: Exchange,
	user: User | undefined,
) {
	const { tenant, scope } = exchange;
	const resource = parts.directory.resource(scope.resource);
	if (resource === undefined)
		throw unknownResource(scope.resource, tenant.name);
	if (exchange.app === undefined)
		throw new Error("A token was to be issued to nobody.");
	return accessTokenClaims({
		authority: exchange.authority,
		tenant,
		app: exchange.app,
		user,
		scope,
		resource,
		requestedClaims: exchange.form.claims,
		proof: exchange.proof,
		...issueTimes(parts),
	});
}

type Issue = Pick<
	AccessTokenParts,
	"v1Issuer" | "issuedAt" | "expiresAt" | "tokenId"
>;

function issueTimes({ knobs, order, now }: EngineParts): Issue {
	const issuedAt = Math.floor(now() / 1_000);
	return {
		v1Issuer: knobs.v1Issuer,
		issuedAt,
		expiresAt: issuedAt + Math.floor(knobs.accessTokenLifetime / 1_000),
		tokenId: tokenId(order.next()),
	};
}

/** A token for an app itself in the first tenant, as managed identities get them. */
export async function mintApp(
	parts: EngineParts,
	{ clientId, resource: name }: { clientId: string; resource: string },
): Promise<{ accessToken: string; expiresIn: number }> {
	const tenant = parts.directory.homeTenant(undefined);
	const resource = parts.directory.resource(name);
	if (resource === undefined) throw unknownResource(name, tenant.name);
	const claims = accessTokenClaims({
		authority: parts.authority,
		tenant,
		app: { clientId },
		scope: parseScope(`${name}/.default`),
		resource,
		// The host vouches for the identity with a certificate that the program never sees.
		proof: 2,
		...issueTimes(parts),
	});
	const accessToken = await new SignJWT(claims)
		.setProtectedHeader({ alg: "RS256", ...tokenHeader(parts) })
		.sign(await importJWK(parts.signingKey, "RS256"));
	return { accessToken, expiresIn: claims.exp - claims.iat };
}
