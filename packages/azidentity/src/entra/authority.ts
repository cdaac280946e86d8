import {
	AzureAuthorityHosts,
	isCiam,
	isKnownHost,
	preferredCache,
	preferredNetwork,
} from "../foundation/clouds.ts";
import { rememberedFlights } from "../foundation/remembered-flights.ts";
import type { Asking } from "./discovery.ts";
import type { Endpoints } from "./endpoints.ts";
import type { FindRegion } from "./region.ts";
import { isAdfs } from "./tenants.ts";

/** Where a client asks for tokens. */
export interface Authority {
	/** The host that stands for the cloud in cached entries. */
	readonly environment: string;
	/**
	 * The endpoints for a tenant. Those of a Microsoft cloud are known; those of any other host are
	 * asked for once, and remembered for the life of the client.
	 */
	endpoints(tenantId: string, asking: Asking): Promise<Endpoints>;
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
	const flights = rememberedFlights<Endpoints>();
	const askInstance = rememberedFlights<readonly string[]>();

	return {
		environment: preferredCache(host.host),
		async endpoints(tenantId, asking) {
			const region = hasRegions(host, tenantId) && (await findRegion?.(asking));
			if (region)
				return knownEndpoints(tenantBase(inRegion(host, region), tenantId));
			const base = tenantBase(host, tenantId);
			if (isKnownHost(host.host) && !isAdfs(tenantId))
				return knownEndpoints(base);
			const needsInstance =
				!disableInstanceDiscovery && !isAdfs(tenantId) && !isCiam(host.host);
			return flights(base, asking.abortSignal, async (abortSignal) => {
				const { askedEndpoints } = await import("./discovery.ts");
				return askedEndpoints(
					{ host: host.host, base, tenantId },
					{ ...asking, abortSignal },
					needsInstance ? askInstance : undefined,
				);
			});
		},
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

/** The URL that a tenant's endpoints begin with. A tenant that the host's path already ends with is not repeated. */
function tenantBase(host: URL, tenantId: string): string {
	const tenant = tenantId.toLowerCase();
	const base = host.href.replace(/\/+$/, "");
	return base.toLowerCase().endsWith(`/${tenant}`) && host.pathname !== "/"
		? base
		: `${base}/${tenant}`;
}

/** Not a server of one's own, not a tenant's own host; and before an address there is no place for a name. */
function hasRegions({ host, hostname }: URL, tenantId: string): boolean {
	return !isAdfs(tenantId) && !isCiam(host) && !/^\[|^[\d.]+$/.test(hostname);
}

/** The region's part of a host. The public cloud has its regions under another of its names. */
function inRegion(host: URL, region: string): URL {
	const url = new URL(host);
	const isPublic =
		host.host === new URL(AzureAuthorityHosts.AzurePublicCloud).host;
	url.host = `${region}.${isPublic ? "login.microsoft.com" : host.host}`;
	return url;
}

function knownEndpoints(base: string): Endpoints {
	return {
		token: `${base}/oauth2/v2.0/token`,
		authorization: `${base}/oauth2/v2.0/authorize`,
		deviceAuthorization: `${base}/oauth2/v2.0/devicecode`,
	};
}
