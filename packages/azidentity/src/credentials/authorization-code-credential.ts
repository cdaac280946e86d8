import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { secretProof } from "../entra/client-proof.ts";
import { entraClient } from "../entra/entra-client.ts";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { CredentialUnavailableError } from "../errors.ts";
import { late } from "../foundation/late.ts";
import { required } from "../foundation/validate.ts";
import type { Prompt } from "../token.ts";
import type {
	CredentialPersistenceOptions,
	TokenCacheOption,
} from "./cache-options.ts";
import { UserTokenGetter } from "./user-token-getter.ts";

/** Options of {@link AuthorizationCodeCredential}. */
export interface AuthorizationCodeCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions,
		CredentialPersistenceOptions,
		TokenCacheOption {
	/**
	 * The code verifier, where the person was sent to sign in with a code challenge (PKCE, RFC 7636), as they
	 * should be. Default: none was.
	 */
	codeVerifier?: string;
}

const NAME = "AuthorizationCodeCredential";

type CodePrompt = typeof import("../entra/code-prompt.ts").codePrompt;
type PromptParts =
	Parameters<CodePrompt> extends [string, ...infer Parts] ? Parts : never;

/**
 * Authenticates a person by the code that their sign-in brought to the application's redirect URI
 * (RFC 6749 §4.1), then by the refresh token that came of it. The application sends the person to sign in
 * and checks what comes back; the credential redeems the code at the first getToken, once.
 */
export class AuthorizationCodeCredential implements TokenCredential {
	readonly #user: UserTokenGetter;

	/**
	 * For a web application, which has a secret.
	 * @param tenantId The id or the domain name of the tenant, or "common", as in the URL the person was sent to.
	 * @param clientId The application's (client) id.
	 * @param clientSecret The value of a secret of the application, not the secret's id.
	 * @param authorizationCode The code, as it came, not used yet. It lives some ten minutes.
	 * @param redirectUri The redirect URI by which the code was asked for, to the letter.
	 * @throws CredentialUnavailableError when one of these is missing or cannot be right; it names which.
	 */
	constructor(
		tenantId: string,
		clientId: string,
		clientSecret: string,
		authorizationCode: string,
		redirectUri: string,
		options?: AuthorizationCodeCredentialOptions,
	);
	/**
	 * For a public client, which has no secret.
	 * @param tenantId The id or the domain name of the tenant, or "common", as in the URL the person was sent to.
	 * @param clientId The application's (client) id.
	 * @param authorizationCode The code, as it came, not used yet. It lives some ten minutes.
	 * @param redirectUri The redirect URI by which the code was asked for, to the letter.
	 * @throws CredentialUnavailableError when one of these is missing or cannot be right; it names which.
	 */
	constructor(
		tenantId: string,
		clientId: string,
		authorizationCode: string,
		redirectUri: string,
		options?: AuthorizationCodeCredentialOptions,
	);
	// The forms are told apart by the fifth argument: a text there is the redirect URI.
	constructor(
		tenantId: string,
		clientId: string,
		secretOrCode: string,
		codeOrRedirectUri: string,
		redirectUriOrOptions?: string | AuthorizationCodeCredentialOptions,
		lastOptions?: AuthorizationCodeCredentialOptions,
	) {
		const isConfidential = typeof redirectUriOrOptions === "string";
		const own = isConfidential
			? {
					clientSecret: secretOrCode,
					authorizationCode: codeOrRedirectUri,
					redirectUri: redirectUriOrOptions,
				}
			: { authorizationCode: secretOrCode, redirectUri: codeOrRedirectUri };
		const options = (isConfidential ? lastOptions : redirectUriOrOptions) ?? {};
		required(NAME, { tenantId, clientId, ...own });
		checkTenantId(NAME, tenantId);
		checkUrl(own.redirectUri);
		const client = entraClient(NAME, clientId, options);
		const { authorizationCode: code, redirectUri } = own;
		const { codeVerifier } = options;
		const proof = isConfidential ? secretProof(secretOrCode) : undefined;
		this.#user = new UserTokenGetter({
			credentialName: NAME,
			client,
			tenantId,
			options,
			prompt: latePrompt(client, { code, codeVerifier, redirectUri }, proof),
			...(proof && { proof }),
			isOnlyPrompted: true,
		});
	}

	/**
	 * A token for the scopes: remembered, refreshed, or at first got by the code. Never null.
	 * @throws AuthenticationRequiredError when only a new sign-in, and its code, could bring one.
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

/** The prompt, loaded when it is first needed: what shows the code once remembers that it did. */
function latePrompt(...parts: PromptParts): Prompt {
	return late(async () => {
		const { codePrompt } = await import("../entra/code-prompt.ts");
		return codePrompt(NAME, ...parts);
	});
}

/** The value is not shown: arguments get mixed up, and two of them are secrets. */
function checkUrl(redirectUri: string): void {
	if (typeof redirectUri === "string" && URL.canParse(redirectUri)) return;
	throw new CredentialUnavailableError(
		`${NAME}: the argument redirectUri is not a URL. Pass the redirect URI by which the code was asked for.`,
	);
}
