import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { toolScopes } from "../foundation/tool-arguments.ts";
import type { GetToken } from "./token-getter.ts";
import {
	type ToolCredentialOptions,
	toolTokenGetter,
} from "./tool-token-getter.ts";

/** Options of {@link AzureDeveloperCliCredential}. */
export interface AzureDeveloperCliCredentialOptions
	extends ToolCredentialOptions {}

const NAME = "AzureDeveloperCliCredential";

/**
 * Authenticates as the account that is signed in to the Azure Developer CLI (`azd auth login`), for development on one's
 * own machine. The tool is started without a shell for each call; calls for the same thing at the same time share one
 * start, and nothing is remembered: somebody else may sign in to it at any moment.
 */
export class AzureDeveloperCliCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/** @throws CredentialUnavailableError when `tenantId` cannot be right; TypeError when `processTimeoutInMs` is no time. */
	constructor(options?: AzureDeveloperCliCredentialOptions) {
		this.#getToken = toolTokenGetter({
			credentialName: NAME,
			options: options ?? {},
			normalise: toolScopes,
			async load(parts) {
				const { azureDeveloperCliSource } = await import(
					"../tools/azure-developer-cli.ts"
				);
				return azureDeveloperCliSource(parts);
			},
		});
	}

	/**
	 * A token for the scopes, such as "https://storage.azure.com/.default". Never null.
	 * @throws CredentialUnavailableError when the tool is not installed or nobody is signed in to it.
	 * @throws AuthenticationError when it fails or takes too long: `errorResponse.error` is "tool_failed", "tool_output" or
	 * "timeout".
	 * @throws AbortError as soon as `options.abortSignal` fires; the process is ended when nobody else waits for it.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#getToken(scopes, options);
	}
}
