import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { secretProof } from "../entra/client-proof.ts";
import { applicationClient } from "../entra/entra-client.ts";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { required } from "../foundation/validate.ts";
import type {
	CredentialPersistenceOptions,
	TokenCacheOption,
} from "./cache-options.ts";
import { type GetToken, tokenGetter } from "./token-getter.ts";

/** Options of {@link ClientSecretCredential}. */
export interface ClientSecretCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions,
		CredentialPersistenceOptions,
		TokenCacheOption {}

const NAME = "ClientSecretCredential";

/**
 * Authenticates an application by a client secret that was made for its registration in Microsoft Entra ID
 * (RFC 6749 §4.4). Tokens are remembered in memory; see `tokenCache`.
 */
export class ClientSecretCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * @param tenantId The id or the domain name of the tenant of the application.
	 * @param clientId The application's (client) id.
	 * @param clientSecret The value of a secret of the application, not the secret's id.
	 * @throws CredentialUnavailableError when one of these is missing or cannot be right; it names which.
	 */
	constructor(
		tenantId: string,
		clientId: string,
		clientSecret: string,
		options: ClientSecretCredentialOptions = {},
	) {
		required(NAME, { tenantId, clientId, clientSecret });
		checkTenantId(NAME, tenantId);
		const client = applicationClient(NAME, clientId, options);
		const proof = secretProof(clientSecret);
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
	 * @throws AuthenticationError when Entra refuses or cannot be reached and no token is left.
	 * @throws CredentialUnavailableError when `options.tenantId` is not one the credential may use.
	 * @throws AbortError as soon as `options.abortSignal` fires.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#getToken(scopes, options);
	}
}
