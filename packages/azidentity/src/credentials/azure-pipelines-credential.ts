import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { assertionForm } from "../entra/assertion-form.ts";
import { applicationClient } from "../entra/entra-client.ts";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";
import {
	pipelinesAssertion,
	TRACE_HEADERS,
} from "../entra/pipelines-assertion.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { CredentialUnavailableError } from "../errors.ts";
import { required } from "../foundation/validate.ts";
import { environmentVariable } from "../platform/environment.ts";
import { httpSender, type SendHttp } from "../platform/http.ts";
import type {
	CredentialPersistenceOptions,
	TokenCacheOption,
} from "./cache-options.ts";
import { type GetToken, tokenGetter } from "./token-getter.ts";

/** Options of {@link AzurePipelinesCredential}. */
export interface AzurePipelinesCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		CredentialPersistenceOptions,
		AuthorityValidationOptions,
		TokenCacheOption {}

const NAME = "AzurePipelinesCredential";
const REQUEST_URI = "SYSTEM_OIDCREQUESTURI";

/** What is left of a variable that Azure Pipelines did not know. */
const UNRESOLVED = /^\$\(.*\)$/;

/**
 * Authenticates a job of Azure Pipelines as the application, or the managed identity, of a service connection that
 * uses workload identity federation. Tokens are remembered in memory; see `tokenCache`.
 */
export class AzurePipelinesCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * The environment variable SYSTEM_OIDCREQUESTURI, which Azure Pipelines sets, is read now.
	 * @param tenantId The id or the domain name of the tenant of the service connection.
	 * @param clientId The client id of the service connection.
	 * @param serviceConnectionId The id of the service connection: `resourceId` in the address of its page.
	 * @param systemAccessToken The value of the pipeline's variable `System.AccessToken`.
	 * @throws CredentialUnavailableError when one of these is missing or cannot be right, or when this is no
	 * job of Azure Pipelines; it names which.
	 */
	constructor(
		tenantId: string,
		clientId: string,
		serviceConnectionId: string,
		systemAccessToken: string,
		options: AzurePipelinesCredentialOptions = {},
	) {
		required(NAME, {
			tenantId,
			clientId,
			serviceConnectionId,
			systemAccessToken,
		});
		checkTenantId(NAME, tenantId);
		const client = applicationClient(NAME, clientId, options);
		const assertion = pipelinesAssertion({
			credentialName: NAME,
			requestUri: requestUri(options.allowInsecureConnection),
			serviceConnectionId,
			systemAccessToken: resolved(systemAccessToken),
			send: senderOf(options),
		});
		this.#getToken = tokenGetter({
			credentialName: NAME,
			owner: { clientId, environment: client.environment },
			tenantId,
			options,
			source: (request) =>
				client.requestToken(
					request,
					{ grant_type: "client_credentials" },
					async () => assertionForm(await assertion(request)),
				),
		});
	}

	/**
	 * A token for the scopes, such as "https://storage.azure.com/.default": remembered, or got from
	 * Microsoft Entra ID. Never null.
	 * @throws AuthenticationError when Azure Pipelines or Entra refuses or cannot be reached and no token is left.
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

/** The job's endpoint. The value is not shown when it is refused. */
function requestUri(isPlainAllowed = false): URL {
	const value = environmentVariable(REQUEST_URI);
	if (value === undefined)
		throw new CredentialUnavailableError(
			`${NAME}: the environment variable ${REQUEST_URI} is not set. Azure Pipelines sets it in its jobs: outside of one, use another credential.`,
		);
	const url = URL.canParse(value) ? new URL(value) : undefined;
	const isSafe =
		url?.protocol === "https:" || (url?.protocol === "http:" && isPlainAllowed);
	if (url !== undefined && isSafe) return url;
	throw new CredentialUnavailableError(
		`${NAME}: the environment variable ${REQUEST_URI} is not a URL that begins with https://. The job's token would go there: leave the variable as Azure Pipelines sets it.`,
	);
}

function resolved(systemAccessToken: string): string {
	const token = systemAccessToken.trim();
	if (!UNRESOLVED.test(token)) return token;
	throw new CredentialUnavailableError(
		`${NAME}: the argument systemAccessToken is the name of a variable, not its value. Map it in the step, by env: SYSTEM_ACCESSTOKEN: $(System.AccessToken), and pass process.env.SYSTEM_ACCESSTOKEN.`,
	);
}

/** A sender whose log shows what the support of Azure DevOps asks for. */
function senderOf(options: AzurePipelinesCredentialOptions): SendHttp {
	const { loggingOptions } = options;
	const names = loggingOptions?.additionalAllowedHeaderNames ?? [];
	const logged = {
		...loggingOptions,
		additionalAllowedHeaderNames: [...names, ...TRACE_HEADERS],
	};
	return httpSender(NAME, { ...options, loggingOptions: logged }, options);
}
