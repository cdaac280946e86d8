import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { applicationClient } from "../entra/entra-client.ts";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { CredentialUnavailableError } from "../errors.ts";
import { late } from "../foundation/late.ts";
import { environmentVariable } from "../platform/environment.ts";
import { httpSender } from "../platform/http.ts";
import { throughProxy, tokenProxy } from "../platform/token-proxy.ts";
import type {
	CredentialPersistenceOptions,
	TokenCacheOption,
} from "./cache-options.ts";
import { type GetToken, tokenGetter } from "./token-getter.ts";

/** Options of {@link WorkloadIdentityCredential}. */
export interface WorkloadIdentityCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions,
		CredentialPersistenceOptions,
		TokenCacheOption {
	/** The id of the application's tenant. Default: the environment variable AZURE_TENANT_ID. */
	tenantId?: string;
	/** The application's (client) id. Default: the environment variable AZURE_CLIENT_ID. */
	clientId?: string;
	/**
	 * The path of the file with the service account's token. Default: the environment variable
	 * AZURE_FEDERATED_TOKEN_FILE. The file is read whenever a token is requested of Entra.
	 */
	tokenFilePath?: string;
	/**
	 * Whether requests go to the token proxy of the cluster when the environment names one
	 * (AKS identity bindings): AZURE_KUBERNETES_TOKEN_PROXY, AZURE_KUBERNETES_SNI_NAME, and
	 * AZURE_KUBERNETES_CA_FILE or AZURE_KUBERNETES_CA_DATA. Default false.
	 */
	enableAzureProxy?: boolean;
}

const NAME = "WorkloadIdentityCredential";

/** Each input, and the environment variable that stands in for it. */
const INPUTS = {
	tenantId: "AZURE_TENANT_ID",
	clientId: "AZURE_CLIENT_ID",
	tokenFilePath: "AZURE_FEDERATED_TOKEN_FILE",
} as const;

type Input = keyof typeof INPUTS;

/**
 * Authenticates a workload, such as a pod in Kubernetes, as an application or a managed identity that
 * trusts the cluster, by a token that the platform keeps in a file (workload identity federation).
 * Tokens are remembered in memory; see `tokenCache`.
 */
export class WorkloadIdentityCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * Environment variables are read now; the file is not.
	 * @throws CredentialUnavailableError when tenant, client or file is neither in the options nor in the
	 * environment, or cannot be right, or when the token proxy is not set up right; it says what to set.
	 */
	constructor(options?: WorkloadIdentityCredentialOptions) {
		const given = options ?? {};
		const { clientId, tenantId, tokenFilePath } = inputsOf(given);
		checkTenantId(NAME, tenantId);
		const { enableAzureProxy, now, tlsOptions } = given;
		const proxy = enableAzureProxy ? tokenProxy(NAME, tlsOptions) : undefined;
		const direct = httpSender(NAME, given, given);
		const send = proxy === undefined ? direct : throughProxy(direct, proxy);
		const client = applicationClient(NAME, clientId, given, send);
		this.#getToken = tokenGetter({
			credentialName: NAME,
			owner: { clientId, environment: client.environment },
			tenantId,
			options: given,
			source: late(async () => {
				const { fileSource } = await import("../entra/federated-source.ts");
				return fileSource(NAME, client, tokenFilePath, now);
			}),
		});
	}

	/**
	 * A token for the scopes, such as "https://storage.azure.com/.default": remembered, or got from
	 * Microsoft Entra ID. Never null.
	 * @throws AuthenticationError when Entra refuses or cannot be reached and no token is left.
	 * @throws CredentialUnavailableError when the file is missing, unreadable or empty, when the certificates of
	 * the token proxy cannot be read, or when `options.tenantId` is not one the credential may use.
	 * @throws AbortError as soon as `options.abortSignal` fires.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#getToken(scopes, options);
	}
}

function inputsOf(
	options: Pick<WorkloadIdentityCredentialOptions, Input>,
): Record<Input, string> {
	const inputs: Partial<Record<Input, string>> = {};
	const missing: string[] = [];
	for (const [name, variable] of Object.entries(INPUTS) as [Input, string][]) {
		const value = options[name] || environmentVariable(variable);
		if (value === undefined)
			missing.push(
				`the option ${name} or the environment variable ${variable}`,
			);
		else inputs[name] = value;
	}
	if (missing.length === 0) return inputs as Record<Input, string>;
	throw new CredentialUnavailableError(
		`${NAME}: not set: ${missing.join("; ")}. On Kubernetes the workload identity webhook sets all three: check that the pod has the label azure.workload.identity/use: "true" and its service account the client id.`,
	);
}
