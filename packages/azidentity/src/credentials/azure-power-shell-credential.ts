import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { oneToolScope } from "../foundation/tool-arguments.ts";
import type { GetToken } from "./token-getter.ts";
import {
	type ToolCredentialOptions,
	toolTokenGetter,
} from "./tool-token-getter.ts";

/** Options of {@link AzurePowerShellCredential}. */
export interface AzurePowerShellCredentialOptions
	extends ToolCredentialOptions {}

const NAME = "AzurePowerShellCredential";

/**
 * Authenticates as the account that is signed in to Azure PowerShell (`Connect-AzAccount`), for development on one's
 * own machine. The tool is started without a shell for each call; calls for the same thing at the same time share one
 * start, and nothing is remembered: somebody else may sign in to it at any moment.
 */
export class AzurePowerShellCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/** @throws CredentialUnavailableError when `tenantId` cannot be right; TypeError when `processTimeoutInMs` is no time. */
	constructor(options?: AzurePowerShellCredentialOptions) {
		this.#getToken = toolTokenGetter({
			credentialName: NAME,
			options: options ?? {},
			normalise: oneToolScope,
			async load(parts) {
				const { azurePowerShellSource } = await import(
					"../tools/azure-power-shell.ts"
				);
				return azurePowerShellSource(parts);
			},
		});
	}

	/**
	 * A token for one scope, such as "https://storage.azure.com/.default". Never null.
	 * @throws CredentialUnavailableError when PowerShell or its module Az.Accounts is not installed, or nobody is signed in there.
	 * @throws AuthenticationError when it fails, takes too long, or claims are asked for: `errorResponse.error` is
	 * "tool_failed", "tool_output", "timeout" or "claims_challenge".
	 * @throws AbortError as soon as `options.abortSignal` fires; the process is ended when nobody else waits for it.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#getToken(scopes, options);
	}
}
