import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";
import { CredentialUnavailableError } from "../errors.ts";
import { AzureCliCredential } from "./azure-cli-credential.ts";
import { AzureDeveloperCliCredential } from "./azure-developer-cli-credential.ts";
import { AzurePowerShellCredential } from "./azure-power-shell-credential.ts";
import type { TokenCacheOption } from "./cache-options.ts";
import { chainGetter } from "./chain.ts";
import {
	type DefaultLinkName,
	defaultLink,
	selectedLinks,
	unavailableCredential,
} from "./default-chain.ts";
import { EnvironmentCredential } from "./environment-credential.ts";
import { ManagedIdentityCredential } from "./managed-identity-credential.ts";
import type { GetToken } from "./token-getter.ts";
import { VisualStudioCodeCredential } from "./visual-studio-code-credential.ts";
import { WorkloadIdentityCredential } from "./workload-identity-credential.ts";

/** The environment variables that the links of {@link DefaultAzureCredential} read. */
export type DefaultAzureCredentialEnvVars =
	| "AZURE_TOKEN_CREDENTIALS"
	| "AZURE_CLIENT_ID"
	| "AZURE_TENANT_ID"
	| "AZURE_CLIENT_SECRET"
	| "AZURE_CLIENT_CERTIFICATE_PATH"
	| "AZURE_CLIENT_CERTIFICATE_PASSWORD"
	| "AZURE_ADDITIONALLY_ALLOWED_TENANTS"
	| "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"
	| "AZURE_FEDERATED_TOKEN_FILE";

/** Options of {@link DefaultAzureCredential}. Those of HTTP and of the authority go to every link. */
export interface DefaultAzureCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions,
		TokenCacheOption {
	/** The tenant for workload identity (default: AZURE_TENANT_ID) and for developer tools (default: their own). */
	tenantId?: string;
	/** How long a developer tool may take, in milliseconds; then it is ended. Default 13,000. */
	processTimeoutInMs?: number;
	/** Environment variables without which the constructor throws, so that a deployment that lacks them is noticed. */
	requiredEnvVars?:
		| DefaultAzureCredentialEnvVars
		| DefaultAzureCredentialEnvVars[];
}

/** Options of {@link DefaultAzureCredential} that name identities by their client ids. */
export interface DefaultAzureCredentialClientIdOptions
	extends DefaultAzureCredentialOptions {
	/** The client id of a user-assigned managed identity. Default: AZURE_CLIENT_ID, else the system-assigned identity. */
	managedIdentityClientId?: string;
	/** The client id for workload identity. Default: `managedIdentityClientId`, else AZURE_CLIENT_ID. */
	workloadIdentityClientId?: string;
}

/** Options of {@link DefaultAzureCredential} that name the managed identity by its resource id. */
export interface DefaultAzureCredentialResourceIdOptions
	extends DefaultAzureCredentialOptions {
	/** The resource id of a user-assigned managed identity. */
	managedIdentityResourceId: string;
}

type AllOptions = DefaultAzureCredentialClientIdOptions &
	Partial<DefaultAzureCredentialResourceIdOptions>;

const NAME = "DefaultAzureCredential";

/**
 * The identity of wherever the program runs: of the environment variables, of the workload, of the host, else of the
 * developer's tools, in this order. AZURE_TOKEN_CREDENTIALS narrows the chain to "prod", to "dev", or to a single
 * credential. It keeps to the first that gave a token; a refusal by the service ends the walk, where it is seen.
 * The credential itself remembers no token: its links do.
 */
export class DefaultAzureCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * @throws TypeError when AZURE_TOKEN_CREDENTIALS names no credential.
	 * @throws CredentialUnavailableError when one of `requiredEnvVars` is not set.
	 */
	constructor(options?: DefaultAzureCredentialClientIdOptions);
	constructor(options?: DefaultAzureCredentialResourceIdOptions);
	constructor(options?: DefaultAzureCredentialOptions);
	constructor(options?: AllOptions) {
		const given = { ...options };
		checkVariables(given.requiredEnvVars);
		const names = selectedLinks(NAME, process.env.AZURE_TOKEN_CREDENTIALS);
		const makers = linkMakers(given, names.length === 1);
		this.#getToken = chainGetter({
			chainName: NAME,
			links: names.map((name) => defaultLink(name, makers[name])),
			isSticky: true,
			goesOnAfterRefusal: false,
		});
	}

	/**
	 * A token of the first link that has one. Never null.
	 * @throws AggregateAuthenticationError when none has: its message is a table of what each link lacks, and `errors`
	 * holds their errors.
	 * @throws AuthenticationError when the service, or the host of a managed identity, refused.
	 * @throws AbortError as soon as `options.abortSignal` fires.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#getToken(scopes, options);
	}
}

/** A new {@link DefaultAzureCredential} with default options. */
export function getDefaultAzureCredential(): TokenCredential {
	return new DefaultAzureCredential();
}

function checkVariables(
	required: DefaultAzureCredentialOptions["requiredEnvVars"] = [],
): void {
	const missing = [required].flat().filter((name) => !process.env[name]);
	if (missing.length === 0) return;
	throw new CredentialUnavailableError(
		`${NAME}: requiredEnvVars names environment variables that are not set: ${missing.join(", ")}. Set them, or take them out of the option.`,
	);
}

/** How each link is made. What a link does not know of the options has no effect on it. */
function linkMakers(
	options: AllOptions,
	isAlone: boolean,
): Readonly<Record<DefaultLinkName, () => TokenCredential>> {
	const {
		managedIdentityClientId = process.env.AZURE_CLIENT_ID,
		managedIdentityResourceId: resourceId,
		processTimeoutInMs: _processTimeoutInMs,
		requiredEnvVars: _requiredEnvVars,
		workloadIdentityClientId = managedIdentityClientId,
		tenantId: _tenantId,
		...shared
	} = options;
	// Where a workload's token is, the managed identity of AKS exchanges it, for the same client.
	const hostClientId = process.env.AZURE_FEDERATED_TOKEN_FILE
		? workloadIdentityClientId
		: managedIdentityClientId;
	const identity = resourceId
		? { resourceId }
		: hostClientId
			? { clientId: hostClientId }
			: {};
	const sendProbeRequest = !isAlone;
	return {
		EnvironmentCredential: () => new EnvironmentCredential(shared),
		WorkloadIdentityCredential: () =>
			new WorkloadIdentityCredential({
				...shared,
				...(options.tenantId && { tenantId: options.tenantId }),
				...(workloadIdentityClientId && { clientId: workloadIdentityClientId }),
			}),
		ManagedIdentityCredential: () =>
			new ManagedIdentityCredential({
				...shared,
				...identity,
				sendProbeRequest,
			}),
		VisualStudioCodeCredential: () => new VisualStudioCodeCredential(options),
		AzureCliCredential: () => new AzureCliCredential(options),
		AzurePowerShellCredential: () => new AzurePowerShellCredential(options),
		AzureDeveloperCliCredential: () => new AzureDeveloperCliCredential(options),
		BrokerCredential: () =>
			unavailableCredential(
				"signing in by an authentication broker is not part of this package.",
			),
	};
}
