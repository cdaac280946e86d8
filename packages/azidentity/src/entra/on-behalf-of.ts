import { AuthenticationError } from "../errors.ts";
import { log } from "../foundation/log.ts";
import type { Grant, Held, TokenRequest, TokenSource } from "../token.ts";
import type { ClientProof } from "./client-proof.ts";
import type { EntraClient } from "./entra-client.ts";

/** What Entra says when it is the grant that it does not take; everything else, the assertion would meet as well. */
const GRANT_REFUSED: ReadonlySet<string> = new Set([
	"invalid_grant",
	"interaction_required",
	"consent_required",
	"login_required",
]);

/**
 * Tokens on behalf of the bearer of an assertion: by the refresh token of the last grant, when there is
 * one that Entra takes, else by the assertion itself. Never the application's own: whatever happens, what
 * comes back is a token of that person or an error.
 */
export function onBehalfOf(
	client: EntraClient,
	assertion: string,
	proof: ClientProof,
): TokenSource {
	const exchange = (request: TokenRequest) =>
		client.requestToken(
			request,
			{
				grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
				requested_token_use: "on_behalf_of",
				assertion,
			},
			proof,
		);

	return async (request, held) => {
		if (held.refreshToken === undefined) return exchange(request);
		try {
			return await refresh(client, request, held, held.refreshToken, proof);
		} catch (error) {
			if (!isGrantRefused(error)) throw error;
			log.verbose(
				"the refresh token is refused; exchanging the user's assertion again",
			);
			return exchange(request);
		}
	};
}

function refresh(
	client: EntraClient,
	request: TokenRequest,
	{ homeAccountId }: Held,
	refreshToken: string,
	proof: ClientProof,
): Promise<Grant> {
	const parameters = {
		grant_type: "refresh_token",
		refresh_token: refreshToken,
	};
	// `{uid}.{utid}` ─► `{uid}@{utid}`
	const anchorMailbox = homeAccountId?.replace(/^(.+)\.(.+)$/, "Oid:$1@$2");
	return client.requestToken(request, parameters, proof, {
		...(anchorMailbox !== undefined && { anchorMailbox }),
	});
}

function isGrantRefused(error: unknown): boolean {
	if (!(error instanceof AuthenticationError) || error.isOutage) return false;
	return GRANT_REFUSED.has(error.errorResponse.error);
}
