import { TokenCache } from "../cache/token-cache.ts";
import type { MultiTenantTokenCredentialOptions } from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import type { ToolParts } from "../platform/ask-tool.ts";
import type { TokenSource } from "../token.ts";
import { type GetToken, tokenGetter } from "./token-getter.ts";

/** Options of credentials that ask a tool for the account that is signed in to it. */
export interface ToolCredentialOptions
	extends MultiTenantTokenCredentialOptions {
	/** The tenant to ask for. Default: the one the tool is signed in to. */
	tenantId?: string;
	/** How long the tool may take, in milliseconds; then it is ended. Default 13,000. */
	processTimeoutInMs?: number;
}

interface ToolTokenGetterParts {
	readonly credentialName: string;
	readonly options: ToolCredentialOptions;
	/** The scopes as the tool gets them; throws when they cannot be. */
	readonly normalise: (
		credentialName: string,
		scopes: string | readonly string[],
	) => readonly string[];
	/** Makes the source; called by the first request, so that no tool's code is loaded before. */
	readonly load: (parts: ToolParts) => Promise<TokenSource>;
	/** Where tokens are remembered. Default: nowhere. */
	readonly tokenCache?: TokenCache;
}

/** The start of a tool alone can take seconds; the .NET client waits this long as well. */
const DEFAULT_TIMEOUT_MS = 13_000;

/**
 * `getToken` of a credential that asks a tool. Callers who want the same at the same time share one process, and nothing
 * is remembered after it, unless a cache is given: somebody else may sign in to the tool at any moment.
 * @throws CredentialUnavailableError when the tenant cannot be one; TypeError when the time limit is none.
 */
export function toolTokenGetter(parts: ToolTokenGetterParts): GetToken {
	const { credentialName, normalise, options } = parts;
	const {
		additionallyAllowedTenants,
		processTimeoutInMs = DEFAULT_TIMEOUT_MS,
		setTimeout,
		tenantId = "",
	} = options;
	if (tenantId !== "") checkTenantId(credentialName, tenantId);
	checkTimeout(credentialName, processTimeoutInMs);
	const toolParts = { credentialName, timeout: processTimeoutInMs, setTimeout };
	let source: Promise<TokenSource> | undefined;
	const getToken = tokenGetter({
		credentialName,
		owner: { clientId: credentialName, environment: "" },
		tenantId,
		normalise,
		options: {
			// A memory that holds nothing still lets callers share a flight.
			tokenCache: parts.tokenCache ?? new TokenCache({ maxBytes: 0 }),
			...(additionallyAllowedTenants && { additionallyAllowedTenants }),
		},
		async source(request, held) {
			source ??= parts.load(toolParts);
			return (await source)(request, held);
		},
	});
	// A tool is not told whether the token may be revoked early, so both kinds of callers get the same one.
	return (scopes, asked) =>
		getToken(scopes, asked?.enableCae ? { ...asked, enableCae: false } : asked);
}

function checkTimeout(credentialName: string, milliseconds: number): void {
	if (typeof milliseconds === "number" && milliseconds > 0) return;
	throw new TypeError(
		`${credentialName}: the option processTimeoutInMs must be a number of milliseconds above 0.`,
	);
}
