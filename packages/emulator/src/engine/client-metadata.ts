import type { AdapterPayload } from "oidc-provider";
import Provider from "oidc-provider";
import type { App, Tenant } from "../fixtures.ts";
import type { EngineParts } from "./engine-parts.ts";
import { presentedCertificate } from "./presented-certificate.ts";

/** The library's names of the grants that are not its own words. */
export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
export const ON_BEHALF_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/**
 * The client as the library is to see it for this one request. An Entra app has secrets, certificates and web and native
 * redirects all at once; a client of the library has one way to prove itself and one kind of redirect. So it is shown the
 * app with the way and the kind that this request uses.
 */
export function clientMetadata(
	parts: EngineParts,
	tenant: Tenant,
	clientId: string,
): AdapterPayload | undefined {
	const app = parts.directory.app(clientId, tenant.id);
	if (app === undefined) return undefined;
	const parameters = Provider.ctx?.oidc?.params ?? {};
	const { isNative, redirects } = redirectsLike(
		app,
		text(parameters.redirect_uri) ?? text(parameters.post_logout_redirect_uri),
	);
	return {
		client_id: app.clientId,
		client_name: app.name,
		application_type: isNative ? "native" : "web",
		redirect_uris: redirects,
		post_logout_redirect_uris: redirects,
		response_types: redirects.length > 0 ? ["code"] : [],
		grant_types: [
			...(redirects.length > 0 ? ["authorization_code"] : []),
			"refresh_token",
			DEVICE_GRANT,
			"password",
			...(app.isPublic === true ? [] : ["client_credentials", ON_BEHALF_GRANT]),
		],
		...proofMetadata(parts, app, {
			assertion: text(parameters.client_assertion),
			secret: text(parameters.client_secret),
		}),
	};
}

const text = (value: unknown) =>
	typeof value === "string" ? value : undefined;

/** The registered redirects of the same kind as the one asked for. */
function redirectsLike(app: App, wanted: string | undefined) {
	const isNativeUri = (uri: string) => !uri.startsWith("https:");
	const all = app.redirectUris ?? [];
	const isNative =
		wanted === undefined ? all.every(isNativeUri) : isNativeUri(wanted);
	return {
		isNative,
		redirects: all.filter((uri) => isNativeUri(uri) === isNative),
	};
}

function proofMetadata(
	{ directory, internalSecret }: EngineParts,
	app: App,
	presented: { assertion: string | undefined; secret: string | undefined },
): AdapterPayload {
	if (presented.assertion !== undefined) {
		// Only the certificate that the assertion names may verify it.
		const certificate = presentedCertificate(
			directory.certificates(app),
			presented.assertion,
		);
		return {
			token_endpoint_auth_method: "private_key_jwt",
			jwks: { keys: certificate === undefined ? [] : [certificate.jwk] },
		};
	}
	if (app.isPublic === true && presented.secret === undefined)
		return { token_endpoint_auth_method: "none" };
	// The library compares with one secret: the one that would match, if any does.
	const secrets = [internalSecret, ...(app.secrets ?? [])];
	return {
		token_endpoint_auth_method: "client_secret_post",
		client_secret:
			secrets.find((secret) => secret === presented.secret) ?? internalSecret,
	};
}
