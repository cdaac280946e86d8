import type { AuthenticationRecord } from "../authentication-record.ts";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";

/** Options of credentials that have a person sign in. */
export interface InteractiveCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions {
	/**
	 * Who signed in before, as `authenticate` returned it: then their tokens are got without a prompt while
	 * the cache has what that needs. Whoever else signs in is refused. Default: the one account that the
	 * cache knows, if it is one.
	 */
	authenticationRecord?: AuthenticationRecord;
	/**
	 * Whether getToken throws an AuthenticationRequiredError where a person is needed, so that the program
	 * chooses when to call `authenticate`. Default false: getToken prompts.
	 */
	disableAutomaticAuthentication?: boolean;
}

/** The application of Azure's developer tools, which everybody may sign in to. */
export const DEVELOPER_CLIENT_ID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
