import { CredentialUnavailableError } from "../errors.ts";
import { isCertificateBundle } from "./certificate-bundle.ts";
import { environmentVariable } from "./environment.ts";
import type { SendHttp, TlsOptions } from "./http.ts";
import { type Refuse, trustedFile } from "./trusted-file.ts";

const PROXY = "AZURE_KUBERNETES_TOKEN_PROXY";
const SNI_NAME = "AZURE_KUBERNETES_SNI_NAME";
const CA_FILE = "AZURE_KUBERNETES_CA_FILE";
const CA_DATA = "AZURE_KUBERNETES_CA_DATA";

/** What people can do when there is no answer. */
const advice = () =>
	`It is the token proxy of the cluster, named by ${PROXY}: check that the pod reaches it, and that its certificate is one for ${SNI_NAME} and ${CA_FILE} or ${CA_DATA}.`;

/** A server of the cluster that takes token requests in the authority's place (AKS identity bindings). */
export interface TokenProxy {
	/** Where a request to `url` goes instead: to the proxy's path, followed by the path and query of `url`. */
	readonly urlFor: (url: string) => string;
	/** Whom to trust, and under which name, as of now. The same object while nothing changes. */
	readonly tls: () => Promise<TlsOptions>;
}

/**
 * The token proxy that the environment names; undefined when it names none.
 * @param tlsOptions The program's own TLS settings; the environment's win over them.
 * @throws CredentialUnavailableError when the variables cannot be right, or the certificates cannot be used.
 */
export function tokenProxy(
	credentialName: string,
	tlsOptions: TlsOptions = {},
): TokenProxy | undefined {
	const refuse: Refuse = (reason, cause) =>
		new CredentialUnavailableError(
			`${credentialName}: the option enableAzureProxy is on, but ${reason}. The cluster sets these variables: check the pod, or leave the option out.`,
			cause === undefined ? undefined : { cause },
		);
	const address = environmentVariable(PROXY);
	if (address === undefined) {
		const set = [SNI_NAME, CA_FILE, CA_DATA].filter(environmentVariable);
		if (set.length === 0) return undefined;
		throw refuse(`${PROXY} is not set, although ${set.join(" and ")} is`);
	}
	const proxy = proxyUrl(address, refuse);
	const servername = environmentVariable(SNI_NAME);
	return {
		urlFor: (url) => rewritten(url, proxy),
		tls: currentTls(
			{ ...tlsOptions, ...(servername && { servername }) },
			refuse,
		),
	};
}

/** A sender whose requests all go to the proxy. */
export function throughProxy(send: SendHttp, proxy: TokenProxy): SendHttp {
	return (request) =>
		send({
			...request,
			url: proxy.urlFor(request.url),
			tls: proxy.tls,
			advice: advice(),
		});
}

/** The address is not shown when it is refused: it may hold a password. */
function proxyUrl(address: string, refuse: Refuse): URL {
	if (!URL.canParse(address)) throw refuse(`${PROXY} is not a URL`);
	const url = new URL(address);
	if (url.protocol !== "https:")
		throw refuse(`${PROXY} does not begin with https://`);
	if (url.username !== "" || url.password !== "")
		throw refuse(`${PROXY} must not hold a user name or a password`);
	if (url.href.includes("#")) throw refuse(`${PROXY} must not have a fragment`);
	if (url.href.includes("?")) throw refuse(`${PROXY} must not have a query`);
	return url;
}

function rewritten(url: string, proxy: URL): string {
	const { pathname, search } = new URL(url);
	const target = new URL(proxy);
	// Both paths are percent-encoded as they came, and one slash stands between them.
	target.pathname = proxy.pathname.replace(/\/$/, "") + pathname;
	target.search = search;
	return target.href;
}

/**
 * The TLS settings, anew only when the certificates are: connections are kept for as long as the object
 * is the same, and none that was made under older certificates is used again.
 */
function currentTls(
	settings: TlsOptions,
	refuse: Refuse,
): () => Promise<TlsOptions> {
	const caFile = environmentVariable(CA_FILE);
	const ca = environmentVariable(CA_DATA);
	if (caFile !== undefined && ca !== undefined)
		throw refuse(`both ${CA_FILE} and ${CA_DATA} are set, and only one may be`);
	if (ca !== undefined && !isCertificateBundle(ca))
		throw refuse(
			`${CA_DATA} is not a list of certificates in PEM, or one of them cannot be read`,
		);
	let current: TlsOptions = ca === undefined ? settings : { ...settings, ca };
	if (caFile === undefined) return async () => current;

	const trusted = trustedFile(caFile, refuse);
	return async () => {
		const ca = await trusted();
		if (current.ca !== ca) current = { ...settings, ca };
		return current;
	};
}
