import { AuthenticationError, AuthenticationRequiredError } from "../errors.ts";
import { log } from "../foundation/log.ts";
import type { Grant, Held, TokenRequest, TokenSource } from "../token.ts";
import { aadstsCodes } from "./aadsts-codes.ts";
import { checkAccount } from "./check-account.ts";
import type { ClientProof } from "./client-proof.ts";
import type { EntraClient } from "./entra-client.ts";

/** The words of OAuth and OpenID Connect for: somebody has to sign in. */
const NEEDS_PERSON: ReadonlySet<string> = new Set([
	"invalid_grant",
	"interaction_required",
	"consent_required",
	"login_required",
]);

/** Expired, revoked, or the password was changed: a refresh token refused so never works again. */
const DEAD: ReadonlySet<number> = new Set([
	50132, 50133, 50173, 70008, 70043, 700082,
]);

/**
 * The source of a person's tokens, without the person: whatever refresh token is held, the best first.
 * It throws an AuthenticationRequiredError when there is none or the service wants to see the person; when
 * the service could not answer or refuses for another reason, that is thrown, because a person could not help.
 * @param proof How the client shows who it is; undefined for a public client.
 */
export function refreshFirst(
	credentialName: string,
	client: EntraClient,
	proof?: ClientProof,
): TokenSource {
	return async (request, held) => {
		let refusal: unknown;
		for (const refreshToken of refreshTokensOf(held)) {
			try {
				const grant = await redeem(client, request, held, refreshToken, proof);
				checkAccount(credentialName, grant, held.homeAccountId);
				return grant;
			} catch (error) {
				if (!needsPerson(error)) throw error;
				refusal ??= error;
				log.verbose(`${credentialName} => a refresh token was refused`);
				if (isDead(error)) await held.drop?.(refreshToken);
			}
		}
		throw new AuthenticationRequiredError({
			scopes: [...request.scopes],
			message: `${credentialName}: no token can be got without the person. Call authenticate() to have them sign in.`,
			cause: refusal,
		});
	};
}

function refreshTokensOf({ otherRefreshTokens = [], refreshToken }: Held) {
	return refreshToken === undefined
		? otherRefreshTokens
		: [refreshToken, ...otherRefreshTokens];
}

function redeem(
	client: EntraClient,
	request: TokenRequest,
	{ homeAccountId }: Held,
	refreshToken: string,
	proof: ClientProof | undefined,
): Promise<Grant> {
	const anchorMailbox = anchorOf(homeAccountId);
	return client.requestToken(
		request,
		{ grant_type: "refresh_token", refresh_token: refreshToken },
		proof,
		{ homeAccountId, ...(anchorMailbox !== undefined && { anchorMailbox }) },
	);
}

/** `{uid}.{utid}` as the routing hint has it. Ids of other forms say nothing of where a mailbox is. */
function anchorOf(homeAccountId = ""): string | undefined {
	const [, uid, utid] = /^([^.]+)\.([^.]+)$/.exec(homeAccountId) ?? [];
	return uid === undefined ? undefined : `Oid:${uid}@${utid}`;
}

function needsPerson(error: unknown): error is AuthenticationError {
	return (
		error instanceof AuthenticationError &&
		error.isOutage !== true &&
		NEEDS_PERSON.has(error.errorResponse.error)
	);
}

function isDead({ errorResponse }: AuthenticationError): boolean {
	const codes = aadstsCodes({
		error_codes: errorResponse.errorCodes,
		error_description: errorResponse.errorDescription,
	});
	return (
		errorResponse.suberror === "bad_token" ||
		(errorResponse.error === "invalid_grant" &&
			codes.some((code) => DEAD.has(code)))
	);
}
