// What the library refuses, in the service's words. The library's texts are no stable interface, which is one reason why
// its version is pinned exactly: a text that is not recognised here still refuses, only under a more general code.
import type { EntraError } from "../dialect/entra-error.ts";
import {
	assertionAudience,
	assertionTime,
	badScope,
	codeExpired,
	codeUsed,
	deviceDeclined,
	deviceExpired,
	devicePending,
	grantMalformed,
	malformed,
	missingParameter,
	proofMissing,
	redirectDiffers,
	refreshExpired,
	unknownApp,
	unknownCertificate,
	unknownResource,
	unsupportedGrant,
	wrongSecret,
	wrongVerifier,
} from "../dialect/refusals.ts";
import type { Exchange, LibraryError } from "./exchange.ts";

export function libraryRefusal(
	error: LibraryError,
	exchange: Exchange,
): EntraError {
	const detail = error.error_detail ?? error.error_description ?? "";
	switch (error.error) {
		case "authorization_pending":
			return devicePending();
		case "expired_token":
			return deviceExpired();
		case "access_denied":
			return deviceDeclined();
		case "invalid_client":
			return clientRefusal(detail, exchange);
		case "invalid_grant":
			return grantRefusal(detail);
		case "unsupported_grant_type":
			return unsupportedGrant(exchange.form.grant_type ?? "");
		case "invalid_target":
			return unknownResource(exchange.scope.resource, exchange.tenant.name);
		case "invalid_scope":
			return badScope(`[Reason - ${detail}]`);
		default:
			return requestRefusal(detail);
	}
}

function clientRefusal(detail: string, { form, tenant }: Exchange) {
	const clientId = form.client_id ?? "";
	if (detail.includes("not found")) return unknownApp(clientId, tenant.name);
	if (detail.includes("does not match the registered")) return proofMissing();
	if (detail.includes("invalid secret")) return wrongSecret(clientId);
	if (/jwt expired|not active/.test(detail)) return assertionTime();
	if (detail.includes("audience")) return assertionAudience();
	return unknownCertificate(detail);
}

function grantRefusal(detail: string) {
	if (/code_verifier|code_challenge/.test(detail)) return wrongVerifier();
	if (detail.includes("redirect_uri")) return redirectDiffers();
	if (/already consumed/.test(detail)) return codeUsed();
	if (detail.includes("refresh token is expired")) return refreshExpired();
	if (detail.includes("authorization code is expired")) return codeExpired();
	if (detail.includes("client mismatch"))
		return grantMalformed(detail, { suberror: "client_mismatch" });
	return grantMalformed(detail);
}

function requestRefusal(detail: string) {
	const missing = /missing required parameters? '([a-z_]+)'/.exec(detail);
	if (missing?.[1] !== undefined) return missingParameter(missing[1]);
	if (detail.includes("grant type is not allowed")) return proofMissing();
	return malformed(detail);
}
