import type { LogPolicyOptions } from "@azure/core-rest-pipeline";
import type { SetTimeout } from "../foundation/abort.ts";
import type { HttpOptions } from "../platform/http-options.ts";

/** Options that every credential of Microsoft Entra ID takes. */
export interface EntraClientOptions extends HttpOptions {
	/**
	 * The authority to ask: a URL with https. Default: the environment variable AZURE_AUTHORITY_HOST,
	 * else the public cloud, `https://login.microsoftonline.com`.
	 */
	authorityHost?: string;
	/**
	 * Do not ask Microsoft whether the authority is one of its own. For authorities that it does not
	 * know, such as one in a private cloud. Default false.
	 */
	disableInstanceDiscovery?: boolean;
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
