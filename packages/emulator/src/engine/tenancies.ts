import type Provider from "oidc-provider";
import type { Tenant } from "../fixtures.ts";
import { type OwnTokens, ownTokens } from "../own-tokens.ts";
import { normalUserCode } from "./device-approval.ts";
import type { Form } from "./engine.ts";
import type { EngineParts } from "./engine-parts.ts";
import { type Storage, storage } from "./storage.ts";
import { tenantProvider } from "./tenant-provider.ts";

/** One tenant as one name of the authority serves it. */
export interface Tenancy {
	readonly tenant: Tenant;
	readonly provider: Provider;
	readonly storage: Storage;
	readonly serve: ReturnType<Provider["callback"]>;
}

export interface Tenancies {
	/** Made when first needed; all of a tenant's share its storage, whatever name the authority goes by. */
	of(tenant: Tenant, authority: string): Tenancy;
	/** Which tenant a request to `common` or `organizations` is about. */
	tenantOfForm(form: Form): Tenant;
	tenantOfUserCode(userCode: string): Tenant | undefined;
}

export function tenancies(parts: EngineParts): Tenancies {
	const { directory } = parts;
	const tokens = ownTokens(parts.signingKey);
	const storages = new Map(
		directory.tenants().map((tenant) => [tenant, storage(parts, tenant)]),
	);
	const known = new Map<string, Tenancy>();
	const owner = (owns: (storage: Storage) => unknown) =>
		[...storages].find(([, storage]) => owns(storage))?.[0];
	const ownerOf = (model: string, id: string | undefined) =>
		id === undefined ? undefined : owner((has) => has.store(model).get(id));

	return {
		of(tenant, authority) {
			const key = `${authority}/${tenant.id}`;
			const tenancy =
				known.get(key) ??
				newTenancy(parts, tenant, authority, storages, tokens);
			known.set(key, tenancy);
			return tenancy;
		},
		tenantOfForm: (form) =>
			ownerOf("AuthorizationCode", form.code) ??
			ownerOf("RefreshToken", form.refresh_token) ??
			ownerOf("DeviceCode", form.device_code) ??
			directory.tenant(tokens.read(form.assertion ?? "")?.tid) ??
			directory.homeTenant(form.username ?? form.login_hint),
		tenantOfUserCode: (userCode) =>
			owner((has) => has.store("DeviceCode").idOf(normalUserCode(userCode))),
	};
}

function newTenancy(
	parts: EngineParts,
	tenant: Tenant,
	authority: string,
	storages: ReadonlyMap<Tenant, Storage>,
	tokens: OwnTokens,
): Tenancy {
	const own = storages.get(tenant);
	if (own === undefined)
		throw new Error(`${tenant.name} is no tenant of this engine.`);
	const provider = tenantProvider(parts, tenant, authority, own, tokens);
	return { tenant, provider, storage: own, serve: provider.callback() };
}
