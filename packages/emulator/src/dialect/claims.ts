import { createHash, randomBytes } from "node:crypto";
import type { App, Tenant, User } from "../fixtures.ts";
import { grantedPermissions, type ScopeRequest } from "./scope.ts";

/** How a client showed who it is, as tokens tell it: not at all, by a secret, by a certificate or assertion. */
export type ClientProof = 0 | 1 | 2;

/** What tokens say about a resource. */
export interface Resource {
	readonly audience: string;
	readonly version: 1 | 2;
	/** What it lets users delegate. */
	readonly permissions: readonly string[];
	/** What it grants to apps themselves. */
	readonly roles: readonly string[];
}

/** All that an access token is made of. Times are seconds since 1970, as they are in the token. */
export interface AccessTokenParts {
	/** The authority's own address, for version 2 issuers. */
	readonly authority: string;
	readonly v1Issuer: string;
	readonly tenant: Tenant;
	/** The client; only its id is told. */
	readonly app: Pick<App, "clientId">;
	/** The person, or nobody for an app's own token. */
	readonly user?: User | undefined;
	readonly scope: ScopeRequest;
	readonly resource: Resource;
	readonly issuedAt: number;
	readonly expiresAt: number;
	/** The `claims` parameter of the request. */
	readonly requestedClaims?: string | undefined;
	readonly proof: ClientProof;
	/** The token's `uti`. */
	readonly tokenId: string;
}

export function accessTokenClaims(parts: AccessTokenParts) {
	const { tenant, app, user, resource } = parts;
	const capabilities = requestedCapabilities(parts.requestedClaims);
	return {
		aud: resource.audience,
		iss:
			resource.version === 2
				? `${parts.authority}/${tenant.id}/v2.0`
				: v1Issuer(parts),
		iat: parts.issuedAt,
		nbf: parts.issuedAt,
		exp: parts.expiresAt,
		aio: opaque(),
		...clientClaims(parts),
		...(user === undefined
			? appOnlyClaims(app, tenant, resource)
			: userClaims(user, parts)),
		rh: `1.${opaque()}`,
		tid: tenant.id,
		uti: parts.tokenId,
		ver: resource.version === 2 ? "2.0" : "1.0",
		...(capabilities === undefined ? {} : { xms_cc: capabilities }),
	};
}

const v1Issuer = ({ v1Issuer, tenant }: AccessTokenParts) =>
	`${v1Issuer}/${tenant.id}/`;

function clientClaims(parts: AccessTokenParts) {
	const { app, proof, resource } = parts;
	if (resource.version === 2)
		return { azp: app.clientId, azpacr: String(proof) };
	return {
		appid: app.clientId,
		appidacr: String(proof),
		idp: v1Issuer(parts),
	};
}

function userClaims(user: User, { resource, scope }: AccessTokenParts) {
	return {
		name: user.name,
		oid: user.id,
		sub: pairwiseSubject(user, resource.audience),
		scp: grantedPermissions(scope, resource.permissions).join(" "),
		...(resource.version === 2
			? { preferred_username: user.username }
			: {
					upn: user.username,
					unique_name: user.username,
					amr: authenticationMethods(user),
					ipaddr: "127.0.0.1",
				}),
	};
}

function appOnlyClaims(
	app: Pick<App, "clientId">,
	tenant: Tenant,
	resource: Resource,
) {
	const servicePrincipal = servicePrincipalId(app.clientId, tenant.id);
	return {
		oid: servicePrincipal,
		sub: servicePrincipal,
		idtyp: "app",
		...(resource.roles.length > 0 ? { roles: resource.roles } : {}),
	};
}

/** The claims of an id token that are not the engine's own (`iss`, `aud`, `exp`, `iat`, `nonce`, `auth_time`). */
export function idTokenClaims(
	user: User,
	client: Pick<App, "clientId">,
	issuedAt: number,
) {
	return {
		sub: pairwiseSubject(user, client.clientId),
		oid: user.id,
		tid: user.tenantId,
		name: user.name,
		preferred_username: user.username,
		email: user.username,
		nbf: issuedAt,
		ver: "2.0",
		rh: `1.${opaque()}`,
		uti: opaque(),
		aio: opaque(),
	};
}

/** `client_info`: from it clients form the home account id, `{oid}.{tid}`. */
export function clientInfo(user: User): string {
	const info = { uid: user.id, utid: user.tenantId };
	return Buffer.from(JSON.stringify(info)).toString("base64url");
}

/** How the person signed in. The sign-in page counts as both factors. */
export const authenticationMethods = (user: User): string[] =>
	user.mfa === true ? ["pwd", "mfa"] : ["pwd"];

/** The object id of an app in a tenant: always the same, and different in each tenant. */
export function servicePrincipalId(clientId: string, tenantId: string): string {
	const hash = createHash("sha256").update(`${clientId}${tenantId}`);
	const hex = hash.digest("hex");
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The capabilities (`xms_cc`) that a claims parameter declares; what is not JSON declares none. */
function requestedCapabilities(claims: string | undefined): unknown {
	if (claims === undefined) return undefined;
	try {
		return JSON.parse(claims)?.access_token?.xms_cc?.values;
	} catch {
		return undefined;
	}
}

/** The subject as one audience sees it: two audiences cannot tell that they know the same person. */
const pairwiseSubject = (user: User, audience: string) =>
	createHash("sha256").update(`${user.id}|${audience}`).digest("base64url");

const opaque = () => randomBytes(16).toString("base64url");
