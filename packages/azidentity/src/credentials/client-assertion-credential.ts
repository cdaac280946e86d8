import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { assertionProof, type GetAssertion } from "../entra/client-proof.ts";
import { applicationClient } from "../entra/entra-client.ts";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { CredentialUnavailableError } from "../errors.ts";
import { required } from "../foundation/validate.ts";
import type {
	CredentialPersistenceOptions,
	TokenCacheOption,
} from "./cache-options.ts";
import { type GetToken, tokenGetter } from "./token-getter.ts";

/** Options of {@link ClientAssertionCredential}. */
export interface ClientAssertionCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions,
		CredentialPersistenceOptions,
		TokenCacheOption {}

const NAME = "ClientAssertionCredential";

/**
 * Authenticates an application by an assertion that the program gets or makes: a token of another
 * identity provider that the application trusts (workload identity federation), or a JWT signed by
 * a key that never leaves its vault (RFC 7523 §2.2). Tokens are remembered in memory; see `tokenCache`.
 */
export class ClientAssertionCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * @param tenantId The id or the domain name of the tenant of the application.
	 * @param clientId The application's (client) id.
	 * @param getAssertion Gets the assertion: called once per request for a token, never for one that
	 * is remembered.
	 * @throws CredentialUnavailableError when one of these is missing or cannot be right; it names which.
	 */
	constructor(
		tenantId: string,
		clientId: string,
		getAssertion: GetAssertion,
		options: ClientAssertionCredentialOptions = {},
	) {
		required(NAME, { tenantId, clientId, getAssertion });
		checkTenantId(NAME, tenantId);
		if (typeof getAssertion !== "function")
			throw new CredentialUnavailableError(
				`${NAME}: the argument getAssertion is no function. Pass a function that resolves to the assertion: assertions expire, so it is called for each request.`,
			);
		const client = applicationClient(NAME, clientId, options);
		const proof = assertionProof(NAME, getAssertion);
		this.#getToken = tokenGetter({
			credentialName: NAME,
			owner: { clientId, environment: client.environment },
			tenantId,
			options,
			source: (request) =>
				client.requestToken(
					request,
					{ grant_type: "client_credentials" },
					proof,
				),
		});
	}

	/**
	 * A token for the scopes, such as "https://storage.azure.com/.default": remembered, or got from
	 * Microsoft Entra ID. Never null.
	 * @throws AuthenticationError when the callback fails or returns no text, or when Entra refuses or
	 * cannot be reached, and no token is left.
	 * @throws CredentialUnavailableError when `options.tenantId` is not one the credential may use, or
	 * when the callback throws one.
	 * @throws AbortError as soon as `options.abortSignal` fires.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#getToken(scopes, options);
	}
}
