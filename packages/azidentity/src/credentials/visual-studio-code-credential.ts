import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type { MultiTenantTokenCredentialOptions } from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { CredentialUnavailableError } from "../errors.ts";

/** Options of {@link VisualStudioCodeCredential}. */
export interface VisualStudioCodeCredentialOptions
	extends MultiTenantTokenCredentialOptions {
	/** Accepted, and without effect. */
	tenantId?: string;
}

const NAME = "VisualStudioCodeCredential";

/**
 * Has no tokens, and is here for programs that name it: the account of Visual Studio Code can be used only through an
 * authentication broker, which this package does not use. A chain goes on to the next credential.
 */
export class VisualStudioCodeCredential implements TokenCredential {
	/**
	 * @param options Accepted, and without effect.
	 * @throws CredentialUnavailableError when `tenantId` cannot be right.
	 */
	constructor(options?: VisualStudioCodeCredentialOptions) {
		if (options?.tenantId) checkTenantId(NAME, options.tenantId);
	}

	/** @throws CredentialUnavailableError always. */
	async getToken(
		_scopes: string | string[],
		_options?: GetTokenOptions,
	): Promise<AccessToken> {
		throw new CredentialUnavailableError(
			`${NAME}: the account of Visual Studio Code is reached through an authentication broker, which this package does not use. Sign in with the Azure CLI: az login`,
		);
	}
}
