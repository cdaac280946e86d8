import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { certificateProof } from "../entra/certificate-proof.ts";
import {
	assertionProof,
	type ClientProof,
	type GetAssertion,
	secretProof,
} from "../entra/client-proof.ts";
import { entraClient } from "../entra/entra-client.ts";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { CredentialUnavailableError } from "../errors.ts";
import { assertionHash } from "../foundation/assertion-hash.ts";
import { required } from "../foundation/validate.ts";
import type {
	CredentialPersistenceOptions,
	TokenCacheOption,
} from "./cache-options.ts";
import { type GetToken, tokenGetter } from "./token-getter.ts";

/** On whose behalf, and which application asks: what all kinds of {@link OnBehalfOfCredential} need. */
interface OnBehalfOfParties {
	/** The id or the domain name of the tenant of the application. */
	tenantId: string;
	/** The application's (client) id. */
	clientId: string;
	/** The access token that the user sent to the application, without the word "Bearer". */
	userAssertionToken: string;
}

/** An {@link OnBehalfOfCredential} whose application shows who it is by a secret. */
export interface OnBehalfOfCredentialSecretOptions extends OnBehalfOfParties {
	/** The value of a secret of the application, not the secret's id. */
	clientSecret: string;
}

/** An {@link OnBehalfOfCredential} whose application shows who it is by a certificate. */
export interface OnBehalfOfCredentialCertificateOptions
	extends OnBehalfOfParties {
	/**
	 * The path of a file with the certificate and its private key, PEM or PKCS#12 without a password. It is read
	 * with the first token.
	 */
	certificatePath: string;
	/**
	 * Whether the certificate and its issuers are sent with each request (`x5c`), so that Entra can go by
	 * subject name and issuer. Default false.
	 */
	sendCertificateChain?: boolean;
}

/** An {@link OnBehalfOfCredential} whose application shows who it is by an assertion that the program gets or makes. */
export interface OnBehalfOfCredentialAssertionOptions
	extends OnBehalfOfParties {
	/** Gets the assertion: called once per request for a token, never for one that is remembered. */
	getAssertion: GetAssertion;
}

/** Options of {@link OnBehalfOfCredential}. */
export type OnBehalfOfCredentialOptions = (
	| OnBehalfOfCredentialSecretOptions
	| OnBehalfOfCredentialCertificateOptions
	| OnBehalfOfCredentialAssertionOptions
) &
	MultiTenantTokenCredentialOptions &
	AuthorityValidationOptions &
	CredentialPersistenceOptions &
	TokenCacheOption;

const NAME = "OnBehalfOfCredential";

/**
 * Authenticates an API to another API on behalf of the user who called it, by exchanging the access token
 * that the user sent (the on-behalf-of flow, RFC 7523 §2.1). What it gets is a token of that user.
 *
 * Making one is cheap: make one per request, and give all of them the same `tokenCache`, so that each finds
 * what was got for its user before. Tokens of different users never meet there. Check the user's token
 * before: a remembered token is handed out whoever the assertion came from.
 */
export class OnBehalfOfCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * @throws CredentialUnavailableError when a member is missing or cannot be right; it names which.
	 * @throws TypeError when it is given more than one way to show who the application is.
	 */
	constructor(options: OnBehalfOfCredentialOptions) {
		const { tenantId, clientId, userAssertionToken } = options ?? {};
		required(NAME, { tenantId, clientId, userAssertionToken });
		checkTenantId(NAME, tenantId);
		checkAssertion(userAssertionToken);
		const proof = proofOf(options);
		const client = entraClient(NAME, clientId, options);
		this.#getToken = tokenGetter({
			credentialName: NAME,
			owner: {
				clientId,
				environment: client.environment,
				assertionHash: assertionHash(userAssertionToken),
			},
			tenantId,
			options,
			async source(request, held) {
				const { onBehalfOf } = await import("../entra/on-behalf-of.ts");
				const ask = onBehalfOf(NAME, client, userAssertionToken, proof);
				return ask(request, held);
			},
		});
	}

	/**
	 * A token of the user for the scopes, such as "https://graph.microsoft.com/.default": remembered, or got
	 * from Microsoft Entra ID. Never null, and never the application's own.
	 * @throws AuthenticationError when Entra refuses or cannot be reached and no token is left. When the user
	 * has to do something first, its `errorResponse.claims` is what the API answers its caller with.
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

function checkAssertion(assertion: unknown): void {
	if (typeof assertion === "string" && !/^\s*bearer\s/i.test(assertion)) return;
	throw new CredentialUnavailableError(
		`${NAME}: the argument userAssertionToken is no token. Pass the access token that the user sent as a text, without the word "Bearer" before it.`,
	);
}

/** Any of the ways to show who the application is. */
type Ways = Partial<
	OnBehalfOfCredentialSecretOptions &
		OnBehalfOfCredentialCertificateOptions &
		OnBehalfOfCredentialAssertionOptions
>;

/**
 * The one way to show who the application is. Empty values count as none: they often come from the environment.
 */
function proofOf(
	options: Ways & MultiTenantTokenCredentialOptions,
): ClientProof {
	const { certificatePath, clientSecret, getAssertion } = options;
	const ways = { clientSecret, certificatePath, getAssertion };
	const given = Object.entries(ways).filter(([, value]) => !isEmpty(value));
	const names = given.map(([name]) => name);
	if (names.length > 1)
		throw new TypeError(
			`${NAME}: the arguments ${names.join(" and ")} exclude each other. Pass one of them.`,
		);
	switch (names[0]) {
		case "clientSecret":
			return secretProof(String(clientSecret));
		case "certificatePath":
			return certificateProof(
				NAME,
				{ certificatePath: String(certificatePath) },
				options,
			);
		case "getAssertion":
			return assertionProof(NAME, checkedCallback(getAssertion));
		default:
			throw new CredentialUnavailableError(
				`${NAME}: nothing shows who the application is. Pass one of ${Object.keys(ways).join(", ")}.`,
			);
	}
}

function checkedCallback(getAssertion: GetAssertion | undefined): GetAssertion {
	if (typeof getAssertion === "function") return getAssertion;
	throw new CredentialUnavailableError(
		`${NAME}: the argument getAssertion is no function. Pass a function that resolves to the assertion: assertions expire, so it is called for each request.`,
	);
}

function isEmpty(value: unknown): boolean {
	return typeof value === "string" ? value.trim() === "" : !value;
}
