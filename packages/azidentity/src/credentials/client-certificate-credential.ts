import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type { ClientCertificateConfiguration } from "../entra/certificate-configuration.ts";
import { certificateProof } from "../entra/certificate-proof.ts";
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

/** Options of {@link ClientCertificateCredential}. */
export interface ClientCertificateCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions,
		CredentialPersistenceOptions,
		TokenCacheOption {
	/**
	 * Whether the certificate and its issuers are sent with each request (`x5c`), so that Entra can go by
	 * subject name and issuer: then a renewed certificate needs no new registration. Default false.
	 */
	sendCertificateChain?: boolean;
}

const NAME = "ClientCertificateCredential";

/**
 * Authenticates an application by a certificate that was registered for it in Microsoft Entra ID:
 * each request carries an assertion signed by the certificate's private key, which stays here
 * (RFC 7523 §2.2). Tokens are remembered in memory; see `tokenCache`.
 */
export class ClientCertificateCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * @param tenantId The id or the domain name of the tenant of the application.
	 * @param clientId The application's (client) id.
	 * @param certificate The path of a file with the certificate and its private key, or an object that
	 * says where they are or holds them: PEM or PKCS#12. Nothing is read before the first token.
	 * @throws CredentialUnavailableError when one of these is missing or cannot be right; it names which.
	 */
	constructor(
		tenantId: string,
		clientId: string,
		certificate: ClientCertificateConfiguration,
		options: ClientCertificateCredentialOptions = {},
	) {
		required(NAME, { tenantId, clientId });
		checkTenantId(NAME, tenantId);
		const proof = certificateProof(NAME, certificate, options);
		const client = applicationClient(NAME, clientId, options);
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
	 * @throws AuthenticationError when the certificate cannot be used (`errorResponse.error` is
	 * `invalid_certificate`, and its `suberror` says why), or when Entra refuses or cannot be reached, and
	 * no token is left.
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
