import { applicationClient } from "../entra/entra-client.ts";
import type { TokenCredentialOptions } from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { late } from "../foundation/late.ts";
import { log } from "../foundation/log.ts";
import type { Identity } from "../managed-identity/identity.ts";
import { resourceScopes } from "../managed-identity/resource-scopes.ts";
import { environmentVariable } from "../platform/environment.ts";
import type { TokenCacheOption } from "./cache-options.ts";
import { type GetToken, tokenGetter } from "./token-getter.ts";

/**
 * `getToken` in a pod of AKS with workload identity: the token that the cluster keeps in a file is exchanged for one of
 * Microsoft Entra ID. Undefined where the environment does not say so, and for an identity that is not named by its
 * client id: the exchange knows nothing else.
 */
export function tokenExchange(
	credentialName: string,
	identity: Identity | undefined,
	options: TokenCredentialOptions & TokenCacheOption,
): GetToken | undefined {
	if (identity !== undefined && identity.kind !== "clientId") return undefined;
	const clientId = identity?.id ?? environmentVariable("AZURE_CLIENT_ID");
	const tenantId = environmentVariable("AZURE_TENANT_ID");
	const path = environmentVariable("AZURE_FEDERATED_TOKEN_FILE");
	if (clientId === undefined || tenantId === undefined || path === undefined)
		return undefined;
	checkTenantId(credentialName, tenantId);
	log.info(
		`${credentialName} => will exchange the token of the cluster's file, with clientId.`,
	);
	const { now, tokenCache } = options;
	// The cluster vouches for its authority; a pod may have no way to Microsoft's list of them.
	const settings = { ...options, disableInstanceDiscovery: true };
	const client = applicationClient(credentialName, clientId, settings);
	const getToken = tokenGetter({
		credentialName,
		owner: { clientId, environment: client.environment },
		tenantId,
		options: { ...(now && { now }), ...(tokenCache && { tokenCache }) },
		source: late(async () => {
			const { fileSource } = await import("../entra/federated-source.ts");
			return fileSource(credentialName, client, path, now);
		}),
		normalise: resourceDefaultScope,
		isMemoryOnly: true,
	});
	// Managed identity has one tenant, on this host as on the others.
	return (scopes, { tenantId: _ignored, ...call } = {}) =>
		getToken(scopes, call);
}

/** The scope of one resource as Entra takes it, whether the caller wrote the resource or the scope. */
function resourceDefaultScope(
	credentialName: string,
	scopes: string | readonly string[],
): string[] {
	return resourceScopes(credentialName, scopes).map(
		(resource) => `${resource}/.default`,
	);
}
