import type { IncomingMessage, ServerResponse } from "node:http";
import { issueMoment } from "../own-tokens.ts";
import type { EdgeParts } from "./edge-parts.ts";
import { sendJson } from "./send.ts";

/**
 * An API that honours continuous access evaluation: a token issued before its user or app was revoked is answered with a
 * claims challenge, for which clients get a new token.
 */
export function serveDemoApi(
	parts: EdgeParts,
	request: IncomingMessage,
	response: ServerResponse,
): void {
	const token = bearerToken(parts, request);
	const challenge = `Bearer realm="", authorization_uri="${parts.authority}/common/oauth2/authorize"`;
	if (token === undefined) {
		sendJson(
			response,
			401,
			{ error: "invalid_token" },
			{ "www-authenticate": `${challenge}, error="invalid_token"` },
		);
		return;
	}
	const revokedAt = parts.revocations.latest(
		token.oid,
		token.appid ?? token.azp,
	);
	if (revokedAt > issueMoment(token)) {
		const claims = challengeClaims(parts.now());
		sendJson(
			response,
			401,
			{ error: "insufficient_claims" },
			{
				"www-authenticate": `${challenge}, error="insufficient_claims", claims="${claims}"`,
			},
		);
		return;
	}
	sendJson(response, 200, { ok: true, oid: token.oid, aud: token.aud });
}

/** The access token a request carries, if it is one of ours and in time. */
export function bearerToken(parts: EdgeParts, request: IncomingMessage) {
	const [scheme, value] = (request.headers.authorization ?? "").split(" ");
	if (scheme?.toLowerCase() !== "bearer" || value === undefined)
		return undefined;
	const token = parts.tokens.read(value);
	const isAccess = token?.appid !== undefined || token?.azp !== undefined;
	return isAccess && token.exp * 1_000 > parts.now() ? token : undefined;
}

/** Asks for a token that was not issued before now, in the service's form: plain base64. */
function challengeClaims(now: number): string {
	const value = String(Math.floor(now / 1_000));
	const claims = {
		access_token: {
			nbf: { essential: true, value },
			xms_rp_ipaddr: { value: "127.0.0.1" },
		},
	};
	return Buffer.from(JSON.stringify(claims)).toString("base64");
}
