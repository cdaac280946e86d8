import type { IncomingMessage } from "node:http";
import {
	badScope,
	missingParameter,
	noTenant,
	scopeWithoutDefault,
	slowDown,
	unknownResource,
} from "../dialect/refusals.ts";
import { parseScope, type ScopeRequest } from "../dialect/scope.ts";
import type { Tenant } from "../fixtures.ts";
import { checkClient } from "./client-check.ts";
import { DEVICE_GRANT } from "./client-metadata.ts";
import type { EngineRequest, Form } from "./engine.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Exchange } from "./exchange.ts";
import { libraryScope, resourceUri, scopeRequest } from "./library-scope.ts";
import type { Storage } from "./storage.ts";
import type { Tenancy } from "./tenancies.ts";

/** A request ready for the library: the exchange, and the form as the library is to see it. */
export interface Translation {
	readonly exchange: Exchange;
	readonly form: Form;
}

/** Grants that need a tenant of their own: nothing in them says which of all tenants is meant. */
const TENANTLESS_REFUSED: ReadonlySet<string> = new Set(["client_credentials"]);

/** Translates what goes to the token, device code and authorization endpoints. Throws the service's refusal. */
export async function translateRequest(
	parts: EngineParts,
	{ tenant, storage }: Pick<Tenancy, "tenant" | "storage">,
	asked: EngineRequest,
): Promise<Translation> {
	const { path } = asked;
	if (path === "/oauth2/v2.0/authorize")
		return translateAuthorize(parts, tenant, asked);
	if (path === "/oauth2/v2.0/token")
		return translateToken(parts, tenant, storage, asked);
	const checked = await checkClient(parts, tenant, asked.form);
	const scope = knownScope(parts, tenant, parseScope(asked.form.scope ?? ""));
	return {
		exchange: {
			...about(asked, tenant),
			app: checked.app,
			proof: checked.proof,
			scope,
		},
		form: withScope(checked.form, scope),
	};
}

function translateAuthorize(
	parts: EngineParts,
	tenant: Tenant,
	asked: EngineRequest,
): Translation {
	const scope = knownScope(parts, tenant, parseScope(asked.form.scope ?? ""));
	return {
		exchange: {
			...about(asked, tenant),
			app: parts.directory.app(asked.form.client_id, tenant.id),
			proof: 0,
			scope,
		},
		form: withScope(asked.form, scope),
	};
}

async function translateToken(
	parts: EngineParts,
	tenant: Tenant,
	storage: Storage,
	asked: EngineRequest,
): Promise<Translation> {
	const { form } = asked;
	const grantType = form.grant_type;
	if (!grantType) throw missingParameter("grant_type");
	if (asked.tenant === undefined && TENANTLESS_REFUSED.has(grantType))
		throw noTenant();
	const checked = await checkClient(
		parts,
		tenant,
		form,
		asked.adfsTokenEndpoint,
	);
	if (form.device_code !== undefined)
		checkPace(parts, storage, form.device_code);
	const scope = knownScope(parts, tenant, tokenScope(form, storage));
	// MSAL's short name for it.
	const isShort = grantType === "device_code";
	return {
		exchange: {
			...about(asked, tenant),
			app: checked.app,
			proof: checked.proof,
			scope,
		},
		form: withScope(
			isShort ? { ...checked.form, grant_type: DEVICE_GRANT } : checked.form,
			scope,
		),
	};
}

/** The parameters that came with the caller's, not those put in their place for the library. */
const about = (asked: EngineRequest, tenant: Tenant) => ({
	tenant,
	authority: asked.authority,
	form: asked.form,
	correlationId: asked.correlationId,
	refused: asked.refused,
});

/** The scope of a token request. A code stands for what was asked at the start, if the redemption names nothing. */
function tokenScope(form: Form, storage: Storage): ScopeRequest {
	const { scope, code, device_code: deviceCode } = form;
	if (form.grant_type === "client_credentials")
		return clientCredentialsScope(scope);
	if (scope) return parseScope(scope);
	const asked =
		code === undefined
			? storage.store("DeviceCode").get(deviceCode ?? "")?.payload.params
			: storage.store("AuthorizationCode").get(code)?.payload;
	const resource = [asked?.resource].flat()[0];
	if (typeof resource !== "string") return parseScope("");
	return scopeRequest(String(asked?.scope ?? ""), resource);
}

function clientCredentialsScope(scope: string | undefined): ScopeRequest {
	if (!scope) throw missingParameter("scope");
	const request = parseScope(scope);
	if (!request.wantsDefault) throw scopeWithoutDefault(scope);
	return request;
}

function knownScope(
	{ directory }: EngineParts,
	tenant: Tenant,
	scope: ScopeRequest,
): ScopeRequest {
	if (scope.resource === "") throw badScope("It names no resource.");
	if (directory.resource(scope.resource) === undefined)
		throw unknownResource(scope.resource, tenant.name);
	return scope;
}

/** Timers fire a little early; a poll this much too soon is in time. */
const EARLY_POLL = 100;

/** What `slow_down` adds to the interval (RFC 8628 §3.5). */
const SLOWER = 5_000;

/** Refuses a poll that comes before its time, if the knob wants that. */
function checkPace(
	{ knobs, now }: EngineParts,
	storage: Storage,
	deviceCode: string,
): void {
	const entry = storage.store("DeviceCode").get(deviceCode);
	if (!knobs.slowDown || entry === undefined) return;
	const isEarly = now() < (entry.notBefore ?? 0) - EARLY_POLL;
	entry.interval =
		(entry.interval ?? knobs.deviceCodeInterval) + (isEarly ? SLOWER : 0);
	entry.notBefore = now() + entry.interval;
	if (isEarly) throw slowDown();
}

/** The form with scopes and resource as the library wants them, and without what it would misunderstand. */
function withScope(form: Form, scope: ScopeRequest): Form {
	const { claims: _claims, ...rest } = form;
	return {
		...rest,
		scope: libraryScope(scope),
		resource: resourceUri(scope.resource),
	};
}

/** Makes the library see another form than the one that came. */
export function rewriteRequest(
	request: IncomingMessage,
	path: string,
	tenant: Tenant,
	form: Form,
): void {
	const isBody = request.method === "POST";
	const parameters = Object.entries(form).filter(
		(entry): entry is [string, string] => entry[1] !== undefined,
	);
	const query = isBody ? "" : new URLSearchParams(parameters).toString();
	request.url = query === "" ? path : `${path}?${query}`;
	// The library takes what comes before `url` for the place it is mounted at, and reads a parsed body from here.
	Object.assign(request, {
		originalUrl: `/${tenant.id}${request.url}`,
		...(isBody && { body: Object.fromEntries(parameters) }),
	});
}
