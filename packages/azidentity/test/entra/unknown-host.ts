import { secretProof } from "../../src/entra/client-proof.ts";
import {
	type EntraClient,
	type EntraClientOptions,
	entraClient,
} from "../../src/entra/entra-client.ts";
import type { Grant, TokenRequest } from "../../src/token.ts";
import {
	CLIENT_ID,
	type ScriptedService,
	SECRET,
	tokenRequest,
} from "./scripted-service.ts";

/** A host that no cloud names, so that it has to be asked about. */
export const HOST = "login.contoso.test";
export const METADATA_URL = `https://${HOST}/t/v2.0/.well-known/openid-configuration`;
export const TOKEN_URL = `https://${HOST}/t/oauth2/v2.0/token`;
export const INSTANCE_URL =
	"https://login.microsoftonline.com/common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2Flogin.contoso.test%2Ft%2Foauth2%2Fv2.0%2Fauthorize";
export const INSTANCE = {
	tenant_discovery_endpoint: METADATA_URL,
	metadata: [],
};
export const METADATA = {
	issuer: `https://${HOST}/11111111-1111-1111-1111-111111111111/v2.0`,
	token_endpoint: TOKEN_URL,
	authorization_endpoint: `https://${HOST}/t/oauth2/v2.0/authorize`,
	device_authorization_endpoint: `https://${HOST}/t/oauth2/v2.0/devicecode`,
};

/** A client whose authority is that host, in front of this service. */
export const clientOf = (
	service: ScriptedService,
	options: EntraClientOptions = {},
): EntraClient =>
	entraClient(
		"TestCredential",
		CLIENT_ID,
		service.options({ authorityHost: `https://${HOST}`, ...options }),
	);
export const ask = (
	client: EntraClient,
	more: Partial<TokenRequest> = {},
): Promise<Grant> =>
	client.requestToken(
		tokenRequest({ tenantId: "t", ...more }),
		{ grant_type: "client_credentials" },
		secretProof(SECRET),
	);
export const urls = (service: ScriptedService) =>
	service.seen.map(({ url }) => url);
