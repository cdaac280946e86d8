import { onlyPost } from "../dialect/refusals.ts";
import type { EdgeParts } from "./edge-parts.ts";
import type { Visit } from "./routes.ts";
import { sendJson } from "./send.ts";

const TOKEN_PATH = "/adfs/oauth2/token/";

/**
 * The same directory as an ADFS server shows it: one tenant, whose name in paths is `adfs`, no instance discovery,
 * endpoints with a slash at the end, and assertions of certificates in the older form. `false` for what is none of it.
 */
export async function serveAdfs(
	parts: EdgeParts,
	visit: Visit,
): Promise<boolean> {
	const { request, response, url, authority } = visit;
	switch (url.pathname.toLowerCase().replace(/\/*$/, "/")) {
		case "/adfs/.well-known/openid-configuration/":
			sendJson(response, 200, adfsConfiguration(authority));
			return true;
		case "/adfs/discovery/keys/":
			sendJson(response, 200, { keys: [parts.publicKey] });
			return true;
		case TOKEN_PATH:
			break;
		default:
			return false;
	}
	if (request.method !== "POST") throw onlyPost(request.method ?? "");
	await parts.engine.handle(request, response, {
		tenant: parts.directory.homeTenant(undefined),
		path: "/oauth2/v2.0/token",
		form: visit.form,
		correlationId: visit.correlationId,
		authority,
		refused: visit.refused,
		adfsTokenEndpoint: `${authority}${TOKEN_PATH}`,
	});
	return true;
}

function adfsConfiguration(authority: string) {
	return {
		issuer: `${authority}/adfs`,
		authorization_endpoint: `${authority}/adfs/oauth2/authorize/`,
		token_endpoint: `${authority}${TOKEN_PATH}`,
		jwks_uri: `${authority}/adfs/discovery/keys`,
		token_endpoint_auth_methods_supported: [
			"client_secret_post",
			"private_key_jwt",
		],
		response_types_supported: ["code"],
		subject_types_supported: ["pairwise"],
		id_token_signing_alg_values_supported: ["RS256"],
		token_endpoint_auth_signing_alg_values_supported: ["RS256"],
	};
}
