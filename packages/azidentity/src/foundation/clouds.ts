/** The authority hosts of the Azure clouds, for the option `authorityHost`. */
export const AzureAuthorityHosts = {
	/** China. */
	AzureChina: "https://login.chinacloudapi.cn",
	/**
	 * Germany.
	 * @deprecated Microsoft closed this cloud on 29 October 2021.
	 */
	AzureGermany: "https://login.microsoftonline.de",
	/** US Government. */
	AzureGovernment: "https://login.microsoftonline.us",
	/** Public, and the default. */
	AzurePublicCloud: "https://login.microsoftonline.com",
} as const;

/** One of the {@link AzureAuthorityHosts}. */
export type AzureAuthorityHosts =
	(typeof AzureAuthorityHosts)[keyof typeof AzureAuthorityHosts];

interface Cloud {
	readonly preferredNetwork: string;
	readonly preferredCache: string;
	readonly aliases: readonly string[];
}

/** The hosts under which each token service answers, the one to send requests to first. */
const ALIASES: readonly (readonly [string, ...string[]])[] = [
	[
		"login.microsoftonline.com",
		"login.windows.net",
		"login.microsoft.com",
		"sts.windows.net",
	],
	["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
	["login.microsoftonline.de"],
	["login.microsoftonline.us", "login.usgovcloudapi.net"],
	["login-us.microsoftonline.com"],
	["login.sovcloud-identity.fr"],
	["login.sovcloud-identity.de"],
	["login.sovcloud-identity.sg"],
	["login.windows-ppe.net", "sts.windows-ppe.net", "login.microsoft-ppe.com"],
];

/** Only the public cloud files its tokens under another name than the one it is asked by. */
const PREFERRED_CACHE = new Map([
	["login.microsoftonline.com", "login.windows.net"],
]);

const CLOUDS: ReadonlyMap<string, Cloud> = new Map(
	ALIASES.flatMap((aliases) => {
		const [preferredNetwork] = aliases;
		const preferredCache =
			PREFERRED_CACHE.get(preferredNetwork) ?? preferredNetwork;
		const cloud = { preferredNetwork, preferredCache, aliases };
		return aliases.map((alias): [string, Cloud] => [alias, cloud]);
	}),
);

/** Whether the host, `name` or `name:port`, is one of a Microsoft cloud, so that nothing needs to be asked about it. */
export function isKnownHost(host: string): boolean {
	return CLOUDS.has(host.toLowerCase());
}

/** The host to send requests to. One that no cloud names, a port included, is asked itself. */
export function preferredNetwork(host: string): string {
	return CLOUDS.get(host.toLowerCase())?.preferredNetwork ?? host.toLowerCase();
}

/** The host that stands for the cloud in cached entries: their `environment`. */
export function preferredCache(host: string): string {
	return CLOUDS.get(host.toLowerCase())?.preferredCache ?? host.toLowerCase();
}

/** All hosts that are the same token service, the given one among them. One that no cloud names is alone. */
export function aliases(host: string): readonly string[] {
	return CLOUDS.get(host.toLowerCase())?.aliases ?? [host.toLowerCase()];
}

/** Entra External ID: every tenant has a host of its own, which only Microsoft can give out. */
export const CIAM_SUFFIX = ".ciamlogin.com";

/** Whether the host is that of a tenant of Entra External ID. */
export function isCiam(host: string): boolean {
	return host.endsWith(CIAM_SUFFIX);
}
