import type { LogPolicyOptions } from "@azure/core-rest-pipeline";
import type { SetTimeout } from "../foundation/abort.ts";
import type { HttpOptions } from "../platform/http-options.ts";

/** Options that every credential takes. */
export interface TokenCredentialOptions extends HttpOptions {
	/**
	 * The authority to ask: a URL with https. Default: the environment variable AZURE_AUTHORITY_HOST,
	 * else the public cloud, `https://login.microsoftonline.com`.
	 */
	authorityHost?: string;
	/** What the log may show. Secrets and tokens are never in it. */
	loggingOptions?: LogPolicyOptions & {
		/** Whether client, tenant and user of a new token are logged. Default false. */
		allowLoggingAccountIdentifiers?: boolean;
		/** Accepted, and without effect: there is no log here that shows more. */
		enableUnsafeSupportLogging?: boolean;
	};
	/** @internal The clock, in milliseconds since 1970. */
	now?: () => number;
	/** @internal Starts the timers of waits and time limits. */
	setTimeout?: SetTimeout;
	/** @internal Chance, from 0 to 1. */
	random?: () => number;
}

/** Options of credentials that may serve more than one tenant. */
export interface MultiTenantTokenCredentialOptions
	extends TokenCredentialOptions {
	/**
	 * The tenants besides its own for which the credential may get tokens; "*" stands for any.
	 * Default: none.
	 */
	additionallyAllowedTenants?: string[];
}

/** Options of credentials that check which authority they are led to. */
export interface AuthorityValidationOptions {
	/**
	 * Do not ask Microsoft whether the authority is one of its own. For authorities that it does not
	 * know, such as one in a private cloud. Default false.
	 */
	disableInstanceDiscovery?: boolean;
}

/** What an Entra client reads of a credential's options. */
export interface EntraClientOptions
	extends TokenCredentialOptions,
		AuthorityValidationOptions {}
