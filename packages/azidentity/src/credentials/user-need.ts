import type { GetTokenOptions } from "@azure/core-auth";
import { type Ask, needOf } from "../cache/need.ts";
import {
	allowedTenants,
	checkTenantId,
	resolveTenant,
} from "../entra/tenants.ts";
import {
	type AuthenticationRequiredError,
	isAuthenticationError,
} from "../errors.ts";
import type { TokenRequest } from "../token.ts";
import { DEVELOPER_CLIENT_ID } from "./interactive-credential-options.ts";
import { askReader } from "./token-getter.ts";
import type { UserTokenGetterParts } from "./user-token-getter.ts";

/** What a call needs of a person. */
export interface UserNeed {
	/** The same for calls that one sign-in serves. */
	readonly key: string;
	readonly ask: Ask;
	readonly request: Omit<TokenRequest, "abortSignal">;
	/** The options of the call, with the claims that the sign-in must satisfy. */
	readonly getTokenOptions: GetTokenOptions;
}

/** Reads calls of a credential. The tenants it may be used for are those it reads them by. */
export function userNeeds(parts: UserTokenGetterParts) {
	const { client, credentialName, options } = parts;
	const readAsk = askReader(credentialName);
	// Programs pass "" for an environment variable that is not set.
	const named = parts.tenantId || undefined;
	if (named !== undefined) checkTenantId(credentialName, named, "tenantId");
	const tenantId = named ?? defaultTenant(client.clientId);
	const allowed = allowedTenants(
		credentialName,
		options.additionallyAllowedTenants ??
			// A credential that is tied to no tenant may be led to any by a service's challenge.
			(named === undefined ? ["*"] : []),
	);

	/**
	 * Throws what is wrong with the call: a TypeError, or a CredentialUnavailableError for the tenant.
	 * @param reason Why a person is needed, which may name the claims that they must satisfy.
	 */
	function read(
		scopes: string | string[],
		given: GetTokenOptions,
		reason?: AuthenticationRequiredError,
	): UserNeed {
		const claims = claimsOf(reason) ?? given.claims;
		const getTokenOptions = { ...given, ...(claims && { claims }) };
		const ask = readAsk(scopes, getTokenOptions);
		const need = needOf(ask, false);
		const { enableCae: cae = false } = given;
		const request = {
			scopes: need.scopes,
			tenantId: resolveTenant(
				credentialName,
				tenantId,
				given.tenantId,
				allowed,
			),
			cae,
			...(claims && { claims }),
			...(ask.timeout !== undefined && { timeout: ask.timeout }),
			...(ask.tracingOptions && { tracingOptions: ask.tracingOptions }),
		};
		const key = JSON.stringify([need.flightKey, request.tenantId, cae]);
		return { key, ask, request, getTokenOptions };
	}
	return Object.assign(read, { tenantId, allowedTenants: allowed });
}

/** The developers' application is for work accounts; another may be for personal ones as well. */
function defaultTenant(clientId: string): string {
	return clientId === DEVELOPER_CLIENT_ID ? "organizations" : "common";
}

/** What the service wants to be satisfied, when it said so in refusing a refresh token. */
function claimsOf(
	reason: AuthenticationRequiredError | undefined,
): string | undefined {
	const { cause } = reason ?? {};
	return isAuthenticationError(cause) ? cause.errorResponse.claims : undefined;
}
