import { EntraError } from "./entra-error.ts";
import { badScope } from "./refusals.ts";

const refusal = (error: string, code: number, text: string) =>
	new EntraError(400, error, code, text);

/** Errors of the authorization endpoint, which travel to the app in a redirect. */
export function authorizeRefusal(error: string, detail: string): EntraError {
	switch (error) {
		case "login_required":
			return refusal(
				error,
				50058,
				"A silent sign-in request was sent but no user is signed in.",
			);
		case "access_denied":
			return refusal(
				error,
				65004,
				"User declined to consent to access the app.",
			);
		case "unsupported_response_type":
			return refusal(
				error,
				700054,
				"The response_type is not enabled for the application.",
			);
		case "invalid_redirect_uri":
			return refusal(
				"invalid_request",
				50011,
				"The redirect URI specified in the request does not match the redirect URIs configured for the application.",
			);
		case "invalid_scope":
			return badScope(detail);
		default:
			return refusal(error, 90023, `${detail}.`);
	}
}
