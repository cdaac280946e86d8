import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type { TokenCredentialOptions } from "../entra/entra-client-options.ts";
import { log } from "../foundation/log.ts";
import { findHost } from "../managed-identity/find-host.ts";
import type { Surroundings } from "../managed-identity/host.ts";
import type { Identity } from "../managed-identity/identity.ts";
import { identityFrom } from "../managed-identity/identity-options.ts";
import { resourceScopes } from "../managed-identity/resource-scopes.ts";
import { environmentVariable } from "../platform/environment.ts";
import type { TokenCacheOption } from "./cache-options.ts";
import { tokenExchange } from "./token-exchange.ts";
import { type GetToken, tokenGetter } from "./token-getter.ts";

interface CommonOptions extends TokenCredentialOptions, TokenCacheOption {}

/** Options of {@link ManagedIdentityCredential} that name the identity by its client id, or name none. */
export interface ManagedIdentityCredentialClientIdOptions
	extends CommonOptions {
	/** The client id of a user-assigned identity. Default: the system-assigned identity. */
	clientId?: string;
}

/** Options of {@link ManagedIdentityCredential} that name the identity by its resource id. */
export interface ManagedIdentityCredentialResourceIdOptions
	extends CommonOptions {
	/** The resource id of a user-assigned identity: `/subscriptions/…/userAssignedIdentities/…`. */
	resourceId: string;
}

/** Options of {@link ManagedIdentityCredential} that name the identity by its object id. */
export interface ManagedIdentityCredentialObjectIdOptions
	extends CommonOptions {
	/** The object (principal) id of a user-assigned identity. */
	objectId: string;
}

/** @internal All of them, and what is for this package's chains and tests. */
export interface ManagedIdentityOptions
	extends ManagedIdentityCredentialClientIdOptions,
		Partial<ManagedIdentityCredentialResourceIdOptions>,
		Partial<ManagedIdentityCredentialObjectIdOptions> {
	/** Whether IMDS is asked for a sign of life before the first request to it. */
	sendProbeRequest?: boolean;
	/** Where the agent of Azure Arc has its program and its keys. */
	arcFiles?: Surroundings["arcFiles"];
}

const NAME = "ManagedIdentityCredential";

/**
 * Authenticates a program by the identity that Azure gives to the place where it runs: a virtual machine, App Service,
 * Functions, Container Apps, AKS, Service Fabric, Azure Arc, Azure Machine Learning or Cloud Shell. The environment
 * tells which; it is read once, by the constructor. Tokens are remembered in memory and never on disk.
 */
export class ManagedIdentityCredential implements TokenCredential {
	readonly #getToken: GetToken;

	/**
	 * @param clientId The client id of a user-assigned identity.
	 * @throws CredentialUnavailableError when the id is empty, or when the host has no user-assigned identities.
	 */
	constructor(
		clientId: string,
		options?: TokenCredentialOptions & TokenCacheOption,
	);
	/**
	 * @param options Names a user-assigned identity by its client id; without one it is the system-assigned identity.
	 * @throws CredentialUnavailableError when the id is empty, or when the host cannot take it.
	 */
	constructor(options?: ManagedIdentityCredentialClientIdOptions);
	/** @param options Names a user-assigned identity by its resource id. */
	constructor(options?: ManagedIdentityCredentialResourceIdOptions);
	/** @param options Names a user-assigned identity by its object id. */
	constructor(options?: ManagedIdentityCredentialObjectIdOptions);
	/** @internal For chains and tests. */
	constructor(options?: ManagedIdentityOptions);
	constructor(
		clientIdOrOptions?: string | ManagedIdentityOptions,
		positional?: ManagedIdentityOptions,
	) {
		const options: ManagedIdentityOptions =
			typeof clientIdOrOptions === "string"
				? { ...positional, clientId: clientIdOrOptions }
				: (clientIdOrOptions ?? {});
		const identity = identityFrom(NAME, options);
		this.#getToken =
			tokenExchange(NAME, identity, options) ??
			hostTokenGetter(options, identity);
	}

	/**
	 * A token for one resource, such as "https://storage.azure.com/.default": remembered, or got from the host.
	 * Never null. Tenants are ignored: an identity has one.
	 * @throws CredentialUnavailableError when there is no managed identity here. A chain goes on.
	 * @throws AuthenticationError when the host refuses, or does not answer and no token is left.
	 * @throws AbortError as soon as `options.abortSignal` fires.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#getToken(scopes, options);
	}
}

/** `getToken` on a host that gives tokens itself. */
function hostTokenGetter(
	options: ManagedIdentityOptions,
	identity: Identity | undefined,
): GetToken {
	const { now, tokenCache } = options;
	const host = findHost(surroundings(options, identity));
	const kind = identity?.kind ?? "no id: the system-assigned identity";
	log.info(`${NAME} => will ask ${host.name}, with ${kind}.`);
	return tokenGetter({
		credentialName: NAME,
		// Another host, or another address of it, may mean another identity by the same name.
		owner: {
			clientId: JSON.stringify(identity ?? "system-assigned"),
			environment: `${host.name} ${host.endpoint}`,
		},
		// The cache and its clock, and nothing that programs pass along for other credentials.
		options: { ...(now && { now }), ...(tokenCache && { tokenCache }) },
		source: host.source,
		normalise: resourceScopes,
		isMemoryOnly: true,
		ignoresClaims: true,
	});
}

function surroundings(
	options: ManagedIdentityOptions,
	identity: Identity | undefined,
): Surroundings {
	const { arcFiles, sendProbeRequest: probes = false } = options;
	return {
		credentialName: NAME,
		identity,
		options: { ...options },
		variable: environmentVariable,
		probes,
		...(arcFiles && { arcFiles }),
	};
}
