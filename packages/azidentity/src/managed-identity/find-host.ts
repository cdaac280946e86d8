import { CredentialUnavailableError } from "../errors.ts";
import { late } from "../foundation/late.ts";
import { log } from "../foundation/log.ts";
import { imdsUrl } from "../platform/imds-url.ts";
import { serviceRetries } from "../platform/retry.ts";
import type { TokenSource } from "../token.ts";
import { arcEndpoint } from "./arc-endpoint.ts";
import { endpointFrom } from "./endpoint.ts";
import type { FindHost, Host, Place, Surroundings } from "./host.ts";

/** Those with more variables come first: theirs are among the others' as well. */
const IN_ORDER: readonly FindHost[] = [
	findServiceFabric,
	findAppService,
	findMachineLearning,
	findCloudShell,
	findAzureArc,
];

/**
 * The host that the program runs on; IMDS where nothing says otherwise. The environment is read now; what speaks to the
 * host is loaded with the first request to it, and nothing of the others is.
 */
export function findHost(surroundings: Surroundings): Host {
	const { credentialName, options } = surroundings;
	const host = hostOf(surroundings);
	serviceRetries(credentialName, options.retryOptions); // checks the numbers
	return host;
}

function hostOf(surroundings: Surroundings): Host {
	for (const find of IN_ORDER) {
		const host = find(surroundings);
		if (host !== undefined) return host;
	}
	return findImds(surroundings);
}

/** Service Fabric: HTTPS with a certificate that the environment names. */
function findServiceFabric(surroundings: Surroundings): Host | undefined {
	const { credentialName, identity, options, variable } = surroundings;
	const address = variable("IDENTITY_ENDPOINT");
	const secret = variable("IDENTITY_HEADER");
	const pin = variable("IDENTITY_SERVER_THUMBPRINT");
	if (address === undefined || secret === undefined || pin === undefined)
		return undefined;

	const name = "Service Fabric";
	if (identity !== undefined)
		throw new CredentialUnavailableError(
			`${credentialName}: on ${name} the identity is part of the application's definition in the cluster. Leave out clientId, objectId and resourceId.`,
		);
	const endpoint = endpointFrom(credentialName, "IDENTITY_ENDPOINT", address);
	if (options.httpClient !== undefined || options.proxyOptions !== undefined)
		log.warning(
			`${credentialName}: ${name} is asked over a connection of our own; httpClient and proxyOptions are not used for it.`,
		);
	return hostAt({ name, endpoint }, async (place) =>
		(await import("./hosts/service-fabric.ts")).serviceFabric(
			surroundings,
			place,
			secret,
			pin,
		),
	);
}

/** App Service, Functions, Container Apps and Automation. */
function findAppService(surroundings: Surroundings): Host | undefined {
	const { credentialName, variable } = surroundings;
	const address = variable("IDENTITY_ENDPOINT");
	const secret = variable("IDENTITY_HEADER");
	if (address === undefined || secret === undefined) return undefined;

	const endpoint = endpointFrom(credentialName, "IDENTITY_ENDPOINT", address);
	return hostAt({ name: "App Service", endpoint }, async (place) =>
		(await import("./hosts/app-service.ts")).appService(
			surroundings,
			place,
			secret,
		),
	);
}

/** Azure Machine Learning, which knows identities by their client ids only. */
function findMachineLearning(surroundings: Surroundings): Host | undefined {
	const { credentialName, identity, variable } = surroundings;
	const address = variable("MSI_ENDPOINT");
	const secret = variable("MSI_SECRET");
	if (address === undefined || secret === undefined) return undefined;

	const name = "Azure Machine Learning";
	if (identity !== undefined && identity.kind !== "clientId")
		throw new CredentialUnavailableError(
			`${credentialName}: ${name} knows a user-assigned identity by its client id only. Pass clientId in place of ${identity.kind}.`,
		);
	const endpoint = endpointFrom(credentialName, "MSI_ENDPOINT", address);
	const clientid = identity?.id ?? variable("DEFAULT_IDENTITY_CLIENT_ID");
	return hostAt({ name, endpoint }, async (place) =>
		(await import("./hosts/machine-learning.ts")).machineLearning(
			surroundings,
			place,
			secret,
			clientid,
		),
	);
}

/** Cloud Shell: always the person whose shell it is. */
function findCloudShell(surroundings: Surroundings): Host | undefined {
	const { credentialName, identity, variable } = surroundings;
	const address = variable("MSI_ENDPOINT");
	if (address === undefined) return undefined;

	const name = "Cloud Shell";
	if (identity !== undefined)
		throw new CredentialUnavailableError(
			`${credentialName}: ${name} has no user-assigned identities: its tokens are for the person whose shell it is. Leave out clientId, objectId and resourceId.`,
		);
	const endpoint = endpointFrom(credentialName, "MSI_ENDPOINT", address);
	return hostAt({ name, endpoint }, async (place) =>
		(await import("./hosts/cloud-shell.ts")).cloudShell(surroundings, place),
	);
}

/** A server outside Azure with the agent of Azure Arc. */
function findAzureArc(surroundings: Surroundings): Host | undefined {
	const endpoint = arcEndpoint(surroundings);
	if (endpoint === undefined) return undefined;
	return hostAt({ name: "Azure Arc", endpoint }, async (place) =>
		(await import("./hosts/azure-arc.ts")).azureArc(surroundings, place),
	);
}

/** The instance metadata service of virtual machines, of AKS nodes and of containers: where no other host is. */
function findImds(surroundings: Surroundings): Host {
	const { credentialName } = surroundings;
	const variable = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
	const address = imdsUrl("/metadata/identity/oauth2/token");
	const endpoint = endpointFrom(credentialName, variable, address);
	if (endpoint.includes("?"))
		throw new CredentialUnavailableError(
			`${credentialName}: the environment variable ${variable} holds a query. It must be the address of a host, such as "http://169.254.169.254".`,
		);
	return hostAt({ name: "IMDS", endpoint }, async (place) =>
		(await import("./hosts/imds.ts")).imds(surroundings, place),
	);
}

/** What speaks to the host is loaded by the first request. */
function hostAt(
	place: Place,
	make: (place: Place) => Promise<TokenSource>,
): Host {
	return { ...place, source: late(() => make(place)) };
}
