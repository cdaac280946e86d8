import {
	aliases,
	CIAM_SUFFIX,
	isCiam,
	isKnownHost,
} from "../foundation/clouds.ts";
import { isObject, jsonObject } from "../foundation/json-object.ts";
import { log } from "../foundation/log.ts";
import type { Join } from "../foundation/remembered-flights.ts";
import type { HttpAnswer, HttpRequest, SendHttp } from "../platform/http.ts";
import type { Endpoints } from "./endpoints.ts";
import { type Asked, refusal, unusable } from "./refusal.ts";
import { isAdfs } from "./tenants.ts";

/** With what, and on whose behalf, an authority is asked about itself. */
export interface Asking
	extends Pick<HttpRequest, "abortSignal" | "timeout" | "tracingOptions"> {
	readonly credentialName: string;
	readonly clientId: string;
	readonly send: SendHttp;
}

interface Place {
	/** The authority's host, with its port when that is not 443. */
	readonly host: string;
	/** The URL that the tenant's endpoints begin with. */
	readonly base: string;
	readonly tenantId: string;
}

/** Who knows all Microsoft's authorities. An authority cannot vouch for itself. */
const DISCOVERY_HOST = "login.microsoftonline.com";

/**
 * Asks Microsoft whether the host is an authority, unless that is not wanted, then the host for
 * its endpoints (OpenID Connect Discovery §4).
 * @throws AuthenticationError when it is not, or when the endpoints lie elsewhere.
 */
export async function askedEndpoints(
	place: Place,
	asking: Asking,
	askInstance: Join<readonly string[]> | undefined,
): Promise<Endpoints> {
	const { base, host, tenantId } = place;
	const others = await askInstance?.(host, asking.abortSignal, (abortSignal) =>
		aliasesOf(place, { ...asking, abortSignal }),
	);
	const version = isAdfs(tenantId) ? "" : "/v2.0";
	const url = `${base}${version}/.well-known/openid-configuration`;
	const { answer, asked } = await get(url, tenantId, asking);
	if (answer.status !== 200) throw refusal(asked, answer);
	const document = jsonObject(answer.body);
	return checkedEndpoints(document, place, others ?? [], (reason) => {
		throw unusable(
			asked,
			answer,
			"invalid_metadata",
			`the metadata of the authority ${host} cannot be used: ${reason}. Check authorityHost.`,
		);
	});
}

/** The other names of the host, as Microsoft has them. */
async function aliasesOf(
	place: Place,
	asking: Asking,
): Promise<readonly string[]> {
	const { host, base, tenantId } = place;
	const endpoint = encodeURIComponent(`${base}/oauth2/v2.0/authorize`);
	const url = `https://${DISCOVERY_HOST}/common/discovery/instance?api-version=1.1&authorization_endpoint=${endpoint}`;
	const { answer, asked } = await get(url, tenantId, asking);
	const document = jsonObject(answer.body);
	if (answer.status === 200 && document !== undefined)
		return rowOf(document, host);
	const failure = refusal(asked, answer);
	if (document?.error === "invalid_instance") throw failure;
	if (failure.isOutage || typeof document?.error !== "string") throw failure;
	// Any other refusal is about the tenant or the request, and says nothing against the host.
	log.warning(
		`${asking.credentialName} => instance discovery knows nothing of ${host} (${failure.errorResponse.error}); going on with the host as it is`,
	);
	return [];
}

function rowOf(
	document: Record<string, unknown>,
	host: string,
): readonly string[] {
	const rows = Array.isArray(document.metadata) ? document.metadata : [];
	for (const row of rows) {
		if (!isObject(row) || !Array.isArray(row.aliases)) continue;
		const names = row.aliases.filter((name) => typeof name === "string");
		if (names.includes(host)) return names;
	}
	return [];
}

async function get(
	url: string,
	tenantId: string,
	asking: Asking,
): Promise<{ answer: HttpAnswer; asked: Asked }> {
	const { clientId, credentialName, send, ...rest } = asking;
	const answer = await send({
		...rest,
		method: "GET",
		url,
		headers: { Accept: "application/json" },
		requestIdHeader: "client-request-id",
	});
	const asked = { credentialName, clientId, tenantId, url, secrets: [] };
	return { answer, asked };
}

function checkedEndpoints(
	document: Record<string, unknown> | undefined,
	place: Place,
	others: readonly string[],
	fail: (reason: string) => never,
): Endpoints {
	if (document === undefined) return fail("it is no JSON document");
	const names = new Set([place.host, ...aliases(place.host), ...others]);
	if (!isTrustedIssuer(document.issuer, place, names))
		return fail("its issuer is not the authority");

	const endpoint = (name: string, value: unknown): string => {
		if (typeof value !== "string" || !URL.canParse(value))
			return fail(`${name} is no URL`);
		const url = new URL(value);
		// A secret goes there: to nobody but the authority itself.
		if (url.protocol !== "https:" || !names.has(url.host))
			return fail(`${name} is not on the authority's host, or not https`);
		return url.href;
	};
	const token = endpoint("token_endpoint", document.token_endpoint);
	return {
		token,
		authorization: endpoint(
			"authorization_endpoint",
			document.authorization_endpoint,
		),
		deviceAuthorization:
			document.device_authorization_endpoint === undefined
				? token.replace(/[^/]*(\/?)$/, "devicecode$1")
				: endpoint(
						"device_authorization_endpoint",
						document.device_authorization_endpoint,
					),
	};
}

/** The authority itself, another name of it, a Microsoft cloud or a region of one, or the tenant's own External ID host. */
function isTrustedIssuer(
	issuer: unknown,
	place: Place,
	names: ReadonlySet<string>,
): boolean {
	if (typeof issuer !== "string" || !URL.canParse(issuer)) return false;
	const { host, pathname, protocol } = new URL(issuer);
	if (protocol !== "https:") return false;
	if (names.has(host) || isKnownHost(host)) return true;
	if (isKnownHost(host.slice(host.indexOf(".") + 1))) return true;
	if (!isCiam(place.host) || !isCiam(host)) return false;
	const tenant = host.slice(0, -CIAM_SUFFIX.length);
	const path = pathname.replace(/\/+$/, "").replace(/\/v2\.0$/, "");
	return ["", `/${tenant}`, `/${tenant}.onmicrosoft.com`].includes(path);
}
