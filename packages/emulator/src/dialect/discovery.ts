import type { Tenant } from "../fixtures.ts";

/** The host that Microsoft's public cloud answers under, and its other names (which the proxy brings here). */
export const PUBLIC_HOST = "login.microsoftonline.com";
const PUBLIC_ALIASES = [
	PUBLIC_HOST,
	"login.windows.net",
	"login.microsoft.com",
	"sts.windows.net",
];

export const isPublicHost = (host: string): boolean =>
	PUBLIC_ALIASES.includes(host);

/** A region's part of the public cloud. */
export const isRegionalHost = (host: string): boolean =>
	/^[a-z][a-z0-9-]*\.login\.microsoft\.com$/i.test(host);

/**
 * The OpenID configuration. `segment` is what its addresses carry: the tenant's id, or `common` and `organizations` as
 * asked; for the latter two there is no tenant, and the issuer holds the literal `{tenantid}`.
 */
export function openidConfiguration(
	authority: string,
	segment: string,
	tenant: Tenant | undefined,
) {
	const root = `${authority}/${segment}`;
	return {
		token_endpoint: `${root}/oauth2/v2.0/token`,
		token_endpoint_auth_methods_supported: [
			"client_secret_post",
			"private_key_jwt",
			"client_secret_basic",
		],
		jwks_uri: `${root}/discovery/v2.0/keys`,
		response_modes_supported: ["query", "fragment", "form_post"],
		subject_types_supported: ["pairwise"],
		id_token_signing_alg_values_supported: ["RS256"],
		response_types_supported: ["code"],
		scopes_supported: ["openid", "profile", "email", "offline_access"],
		issuer: `${authority}/${tenant?.id ?? "{tenantid}"}/v2.0`,
		request_uri_parameter_supported: false,
		userinfo_endpoint: "https://graph.microsoft.com/oidc/userinfo",
		authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
		device_authorization_endpoint: `${root}/oauth2/v2.0/devicecode`,
		http_logout_supported: true,
		frontchannel_logout_supported: true,
		end_session_endpoint: `${root}/oauth2/v2.0/logout`,
		claims_supported: [
			"sub",
			"iss",
			"aud",
			"exp",
			"iat",
			"auth_time",
			"nonce",
			"preferred_username",
			"name",
			"tid",
			"ver",
			"email",
		],
		code_challenge_methods_supported: ["S256"],
		tenant_region_scope: tenant === undefined ? null : "NA",
		cloud_instance_name: new URL(authority).host,
		cloud_graph_host_name: "graph.windows.net",
		msgraph_host: "graph.microsoft.com",
		rbac_url: "https://pas.windows.net",
	};
}

/**
 * Which hosts are one token service. `wanted` is the authorization endpoint the caller asked about; its host is listed as
 * an alias, because some clients ask without the port they will use.
 */
export function instanceDiscovery(
	authority: string,
	localHost: string,
	wanted: URL,
) {
	const segment = wanted.pathname.split("/")[1] ?? "common";
	const own = isPublicHost(wanted.host)
		? [localHost]
		: [...new Set([localHost, wanted.host])];
	return {
		tenant_discovery_endpoint: `${authority}/${segment}/v2.0/.well-known/openid-configuration`,
		"api-version": "1.1",
		metadata: [
			{
				preferred_network: localHost,
				preferred_cache: localHost,
				aliases: own,
			},
			{
				preferred_network: PUBLIC_HOST,
				preferred_cache: "login.windows.net",
				aliases: PUBLIC_ALIASES,
			},
		],
	};
}

/** What kind of account a user name is: the emulator manages its own domains and knows of no others. */
export function userRealm(
	username: string,
	isManaged: boolean,
	authority: string,
) {
	return {
		ver: "1.0",
		account_type: isManaged ? "Managed" : "Unknown",
		domain_name: username.split("@")[1] ?? "",
		cloud_instance_name: new URL(authority).host,
		cloud_audience_urn: "urn:federation:MicrosoftOnline",
	};
}
