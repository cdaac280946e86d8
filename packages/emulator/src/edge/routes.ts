import type { IncomingMessage, ServerResponse } from "node:http";
import {
	instanceDiscovery,
	isPublicHost,
	openidConfiguration,
	PUBLIC_HOST,
	userRealm,
} from "../dialect/discovery.ts";
import {
	missingParameter,
	onlyPost,
	unknownInstance,
	unknownTenant,
} from "../dialect/refusals.ts";
import type { Form } from "../engine/engine.ts";
import { serveAdfs } from "./adfs.ts";
import { serveDemoApi } from "./demo-api.ts";
import type { EdgeParts } from "./edge-parts.ts";
import { serveResourceManager } from "./resource-manager.ts";
import { sendJson } from "./send.ts";

export const DEMO_API_PATH = "/__emulator/api";

/** A request whose form has been read. */
export interface Visit {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly url: URL;
	readonly form: Form;
	readonly correlationId: string;
	/** The authority's address under the name the caller used. */
	readonly authority: string;
	readonly refused: (code: number) => void;
}

/** Names that stand for whichever tenant the rest of a request is about. `consumers` is not among them: personal accounts are not emulated. */
const ALIASES: ReadonlySet<string> = new Set(["common", "organizations"]);

const ONLY_POST: ReadonlySet<string> = new Set([
	"/oauth2/v2.0/token",
	"/oauth2/v2.0/devicecode",
]);

/** Serves a request, or throws the service's refusal. */
export async function route(parts: EdgeParts, visit: Visit): Promise<void> {
	const { request, response, url } = visit;
	const [, first = "", second = "", third = ""] = url.pathname.split("/");
	const path = url.pathname.toLowerCase();
	if (path === DEMO_API_PATH) return serveDemoApi(parts, request, response);
	if (path === "/common/discovery/instance")
		return serveInstanceDiscovery(parts, visit);
	if (second.toLowerCase() === "userrealm" && third !== "")
		return serveUserRealm(parts, visit, third);
	const list = /^\/(subscriptions|tenants)\/?$/.exec(path)?.[1];
	if (list === "subscriptions" || list === "tenants")
		return serveResourceManager(parts, list, request, response);
	if (path === "/devicelogin") return leadToDevicePage(parts, visit);
	if (first.toLowerCase() === "adfs" && (await serveAdfs(parts, visit))) return;
	return routeInTenant(parts, visit, first);
}

async function routeInTenant(
	parts: EdgeParts,
	visit: Visit,
	segment: string,
): Promise<void> {
	const { request, response, url, authority, form } = visit;
	const { correlationId, refused } = visit;
	const alias = segment.toLowerCase();
	const tenant = parts.directory.tenant(decoded(segment));
	if (tenant === undefined && !ALIASES.has(alias)) throw unknownTenant(segment);
	const path = url.pathname.slice(segment.length + 1);
	switch (path) {
		case "/v2.0/.well-known/openid-configuration":
		case "/.well-known/openid-configuration":
			return sendJson(
				response,
				200,
				openidConfiguration(authority, tenant?.id ?? alias, tenant),
			);
		case "/discovery/v2.0/keys":
		case "/discovery/keys": {
			const { publicKey } = parts;
			const key = { ...publicKey, x5t: publicKey.kid };
			return sendJson(response, 200, { keys: [key] });
		}
	}
	if (ONLY_POST.has(path) && request.method !== "POST")
		throw onlyPost(request.method ?? "");
	await parts.engine.handle(request, response, {
		tenant,
		path,
		form,
		correlationId,
		authority,
		refused,
	});
}

function serveInstanceDiscovery(
	{ authority }: EdgeParts,
	{ response, form, authority: asked }: Visit,
): void {
	const endpoint = form.authorization_endpoint;
	if (!endpoint) throw missingParameter("authorization_endpoint");
	const wanted = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
	if (wanted === undefined || !isOwnHost(wanted))
		throw unknownInstance(wanted?.host ?? endpoint);
	// Whoever asks under the public name about this machine is about to come here directly.
	const own = isPublicHost(new URL(asked).host) ? authority : asked;
	const root = isPublicHost(wanted.host) ? `https://${PUBLIC_HOST}` : own;
	const { host } = new URL(own);
	sendJson(response, 200, instanceDiscovery(root, host, wanted));
}

/** This machine under any port, because some clients leave it out; and the names that the proxy leads here. */
const isOwnHost = ({ host, hostname }: URL) =>
	isPublicHost(host) || LOOPBACK_NAMES.has(hostname);

const LOOPBACK_NAMES: ReadonlySet<string> = new Set([
	"localhost",
	"127.0.0.1",
	"[::1]",
]);

function serveUserRealm(
	{ directory }: EdgeParts,
	{ response, authority }: Visit,
	segment: string,
): void {
	const username = decoded(segment);
	const isManaged = directory.tenant(username.split("@")[1]) !== undefined;
	sendJson(response, 200, userRealm(username, isManaged, authority));
}

/** The page is the tenant's; the code tells which. */
function leadToDevicePage(
	{ engine, directory }: EdgeParts,
	{ response, form, authority }: Visit,
): void {
	const code = form.user_code ?? "";
	const tenant =
		engine.tenantOfUserCode(code) ?? directory.homeTenant(undefined);
	const query =
		code === "" ? "" : `?${new URLSearchParams({ user_code: code })}`;
	const location = `${authority}/${tenant.id}/oauth2/deviceauth${query}`;
	response.writeHead(302, { location, "cache-control": "no-store" }).end();
}

/** A part of a path as it was meant; what cannot be decoded is the name of nothing. */
function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
