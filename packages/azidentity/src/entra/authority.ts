import {
	AzureAuthorityHosts,
	preferredCache,
	preferredNetwork,
} from "../foundation/clouds.ts";
import { late } from "../foundation/late.ts";
import type { Asking } from "./discovery.ts";
import type { Endpoints } from "./endpoints.ts";
import type { FindRegion } from "./region-name.ts";

/** Finds the endpoints of an authority for one tenant. */
export type FindEndpoints = (
	tenantId: string,
	asking: Asking,
) => Promise<Endpoints>;

/** Where a client asks for tokens. */
export interface Authority {
	/** The host that stands for the cloud in cached entries. */
	readonly environment: string;
	/**
	 * The endpoints for a tenant. Those of a Microsoft cloud are known; those of any other host are
	 * asked for once, and remembered for the life of the client.
	 */
	readonly endpoints: FindEndpoints;
}

/**
 * The authority of the option, else of AZURE_AUTHORITY_HOST, else of the public cloud.
 * @param findRegion Finds the region whose part of the authority is to be asked, where it has regions.
 * @throws TypeError that names the credential and `authorityHost` when the host cannot be trusted with a secret.
 */
export function authority(
	credentialName: string,
	options: { authorityHost?: string; disableInstanceDiscovery?: boolean },
	findRegion?: FindRegion,
): Authority {
	const { disableInstanceDiscovery = false } = options;
	const host = authorityHost(credentialName, options.authorityHost);
	return {
		environment: preferredCache(host.host),
		endpoints: late(async () => {
			const { endpointsFinder } = await import("./authority-endpoints.ts");
			return endpointsFinder(host, disableInstanceDiscovery, findRegion);
		}),
	};
}

/** `https://host[:port][/path]`, by the name under which the cloud wants to be asked. */
function authorityHost(credentialName: string, option?: string): URL {
	const fromEnvironment = process.env.AZURE_AUTHORITY_HOST;
	const given =
		option || fromEnvironment || AzureAuthorityHosts.AzurePublicCloud;
	const source = option
		? "the option authorityHost"
		: "authorityHost, taken from the environment variable AZURE_AUTHORITY_HOST,";
	// The value is not shown: it may hold a password.
	const refuse = (reason: string): never => {
		throw new TypeError(
			`${credentialName}: ${source} ${reason}. Pass a URL such as "https://login.microsoftonline.com"; AzureAuthorityHosts has those of the clouds.`,
		);
	};
	if (typeof given !== "string" || !URL.canParse(given))
		return refuse("is not a URL");
	const url = new URL(given);
	if (url.protocol !== "https:") return refuse("does not begin with https://");
	if (url.username !== "" || url.password !== "")
		return refuse("must not hold a user name or a password");
	if (url.href.includes("?")) return refuse("must not have a query");
	if (url.href.includes("#")) return refuse("must not have a fragment");
	url.host = preferredNetwork(url.host);
	return url;
}
