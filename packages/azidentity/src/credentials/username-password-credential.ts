import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { entraClient } from "../entra/entra-client.ts";
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
import { UserTokenGetter } from "./user-token-getter.ts";

/**
 * Options of {@link UsernamePasswordCredential}.
 * @deprecated A password alone cannot satisfy multi-factor authentication. See https://aka.ms/azsdk/identity/mfa.
 */
export interface UsernamePasswordCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions,
		CredentialPersistenceOptions,
		TokenCacheOption {}

const NAME = "UsernamePasswordCredential";

/**
 * Authenticates a person by user name and password (RFC 6749 §4.3), then by the refresh token that came of it.
 * The password is sent once for each time that no refresh token does, and never again by itself: accounts
 * are locked after a few wrong ones.
 *
 * @deprecated A password alone cannot satisfy multi-factor authentication, which Microsoft Entra ID requires
 * more and more, and the program gets to see it. Have people sign in by DeviceCodeCredential, and programs by
 * credentials of their own. See https://aka.ms/azsdk/identity/mfa.
 */
export class UsernamePasswordCredential implements TokenCredential {
	readonly #user: UserTokenGetter;

	/**
	 * @param tenantId The id or the domain name of the tenant of the account.
	 * @param clientId The (client) id of an application that allows public client flows.
	 * @param username The name by which the person signs in, such as "ada@contoso.com".
	 * @param password Kept in memory as long as the credential.
	 * @throws CredentialUnavailableError when one of these is missing or cannot be right; it names which.
	 */
	constructor(
		tenantId: string,
		clientId: string,
		username: string,
		password: string,
		options: UsernamePasswordCredentialOptions = {},
	) {
		required(NAME, { tenantId, clientId, username, password });
		checkTenantId(NAME, tenantId);
		const client = entraClient(NAME, clientId, options);
		this.#user = new UserTokenGetter({
			credentialName: NAME,
			client,
			tenantId,
			options,
			async prompt(request) {
				const { passwordPrompt } = await import("../entra/password-prompt.ts");
				return passwordPrompt(NAME, client, username, password)(request);
			},
			loginHint: username,
		});
	}

	/**
	 * A token for the scopes: remembered, refreshed, or got by the password. Never null.
	 * @throws AuthenticationError when Entra refuses or cannot be reached and no token is left.
	 * @throws CredentialUnavailableError when `options.tenantId` is not one the credential may use.
	 * @throws AbortError as soon as `options.abortSignal` fires.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#user.getToken(scopes, options);
	}
}
