import {
	AzureAuthorityHosts,
	isCiam,
	isKnownHost,
} from "../foundation/clouds.ts";
import { rememberedFlights } from "../foundation/remembered-flights.ts";
import type { FindEndpoints } from "./authority.ts";
import type { Endpoints } from "./endpoints.ts";
import type { FindRegion } from "./region-name.ts";
import { isAdfs } from "./tenants.ts";

/** How an authority finds its endpoints: it knows them, or asks once and remembers. */
export function endpointsFinder(
	host: URL,
	disableInstanceDiscovery: boolean,
	findRegion: FindRegion | undefined,
): FindEndpoints {
	const flights = rememberedFlights<Endpoints>();
	const askInstance = rememberedFlights<readonly string[]>();
	return async (tenantId, asking) => {
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
	};
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
