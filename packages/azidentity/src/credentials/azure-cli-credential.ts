import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type { TokenCache } from "../cache/token-cache.ts";
import {
	checkSubscription,
	oneToolScope,
} from "../foundation/tool-arguments.ts";
import type { TokenSource } from "../token.ts";
import { rememberWhileSignedIn } from "./remember-while-signed-in.ts";
import type { GetToken } from "./token-getter.ts";
import {
	type ToolCredentialOptions,
	toolTokenGetter,
} from "./tool-token-getter.ts";

/** Options of {@link AzureCliCredential}. */
export interface AzureCliCredentialOptions extends ToolCredentialOptions {
	/** The id or the name of a subscription: its account is asked for in place of the current one. */
	subscription?: string;
	/**
	 * Whether tokens are remembered in memory for as long as nobody signs in or out of the Azure CLI, changes its
	 * subscription, or makes it renew its tokens. A remembered token takes microseconds in place of the start of a
	 * process. Default false: each call asks the Azure CLI.
	 */
	rememberTokens?: boolean;
}

const NAME = "AzureCliCredential";

/**
 * Authenticates as the account that is signed in to the Azure CLI (`az login`), for development on one's own machine.
 * The Azure CLI is started without a shell for each call; calls for the same thing at the same time share one start.
 */
export class AzureCliCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * @throws CredentialUnavailableError when `tenantId` or `subscription` cannot be right; TypeError when
	 * `processTimeoutInMs` is no time.
	 */
	constructor(options?: AzureCliCredentialOptions) {
		const { now, rememberTokens = false, subscription } = options ?? {};
		if (subscription !== undefined) checkSubscription(NAME, subscription);
		const getterOn = (
			tokenCache?: TokenCache,
			watched: (source: TokenSource) => TokenSource = (source) => source,
		) =>
			toolTokenGetter({
				credentialName: NAME,
				options: options ?? {},
				normalise: oneToolScope,
				...(tokenCache && { tokenCache }),
				async load(parts) {
					const { azureCliSource } = await import("../tools/azure-cli.ts");
					return watched(azureCliSource(parts, subscription));
				},
			});
		// Made in any case, so that what is wrong with the options is said here.
		const getToken = getterOn();
		this.#getToken = rememberTokens
			? rememberWhileSignedIn(getterOn, now)
			: getToken;
	}

	/**
	 * A token for one scope, such as "https://storage.azure.com/.default". Never null.
	 * @throws CredentialUnavailableError when the Azure CLI is not installed or nobody is signed in to it.
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
