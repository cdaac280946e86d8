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

/** The hosts under which each token service answers, the one to send requests to first. */
const ALIASES: readonly (readonly string[])[] = [
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
const PUBLIC_CLOUD = "login.microsoftonline.com";
const PUBLIC_CACHE = "login.windows.net";

const CLOUDS = new Map<string, readonly string[]>(
	ALIASES.flatMap((hosts) => hosts.map((host) => [host, hosts] as const)),
);

/** Whether the host, `name` or `name:port`, is one of a Microsoft cloud, so that nothing needs to be asked about it. */
export function isKnownHost(host: string): boolean {
	return CLOUDS.has(host.toLowerCase());
}

/** The host to send requests to. One that no cloud names, a port included, is asked itself. */
export function preferredNetwork(host: string): string {
	const [first = ""] = aliases(host);
	return first;
}

/** The host that stands for the cloud in cached entries: their `environment`. */
export function preferredCache(host: string): string {
	const network = preferredNetwork(host);
	return network === PUBLIC_CLOUD ? PUBLIC_CACHE : network;
}

/** All hosts that are the same token service, the given one among them. One that no cloud names is alone. */
export function aliases(host: string): readonly string[] {
	const name = host.toLowerCase();
	return CLOUDS.get(name) ?? [name];
}

/** Entra External ID: every tenant has a host of its own, which only Microsoft can give out. */
export const CIAM_SUFFIX = ".ciamlogin.com";

/** Whether the host is that of a tenant of Entra External ID. */
export function isCiam(host: string): boolean {
	return host.endsWith(CIAM_SUFFIX);
}
