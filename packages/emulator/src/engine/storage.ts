import type { Adapter, AdapterPayload } from "oidc-provider";
import { revoked } from "../dialect/refusals.ts";
import type { Tenant } from "../fixtures.ts";
import { clientMetadata } from "./client-metadata.ts";
import type { EngineParts } from "./engine-parts.ts";
import { type Entry, type EntryStore, entryStore } from "./entry-store.ts";
import { currentExchange, type Exchange } from "./exchange.ts";
import { resourceScopes, resourceUri } from "./library-scope.ts";

/** The stores of one tenant, one per kind of thing. */
export interface Storage {
	store(model: string): EntryStore;
	/** The library's view of a store, with Entra's laxer rules let in. */
	adapter(model: string): Adapter;
}

export function storage(parts: EngineParts, tenant: Tenant): Storage {
	const stores = new Map<string, EntryStore>();
	const store = (model: string) => {
		const known = stores.get(model);
		if (known !== undefined) return known;
		const made = entryStore({ now: parts.now, moment: parts.order.next });
		stores.set(model, made);
		return made;
	};
	return {
		store,
		adapter: (model) => adapter(model, store(model), parts, tenant),
	};
}

function adapter(
	model: string,
	store: EntryStore,
	parts: EngineParts,
	tenant: Tenant,
): Adapter {
	const find = (id: string | undefined): AdapterPayload | undefined => {
		if (id === undefined) return undefined;
		if (model === "Client") return clientMetadata(parts, tenant, id);
		const entry = store.get(id);
		return entry && lent(model, entry, parts, tenant);
	};
	return {
		async upsert(id, payload, lifetimeSeconds) {
			if (model === "ReplayDetection" && !parts.knobs.strictReplay) return;
			store.put(id, payload, lifetimeSeconds && lifetimeSeconds * 1_000);
		},
		find: async (id) => find(id),
		findByUid: async (uid) => find(store.idOf(uid)),
		findByUserCode: async (code) => find(store.idOf(code)),
		async consume(id) {
			// Entra keeps a used refresh token alive.
			if (model === "RefreshToken" && !parts.knobs.strictRotation) return;
			const entry = store.get(id);
			if (entry) entry.payload.consumed = Math.floor(parts.now() / 1_000);
		},
		destroy: async (id) => store.delete(id),
		revokeByGrantId: async (grantId) => store.deleteGrant(grantId),
	};
}

/** What the library gets to see of an entry. It is a copy: what is widened for one request must not stay so. */
function lent(
	model: string,
	entry: Entry,
	parts: EngineParts,
	tenant: Tenant,
): AdapterPayload | undefined {
	const payload: AdapterPayload = entry.payload;
	const exchange = currentExchange();
	// Clients resend one assertion for ten minutes.
	if (model === "ReplayDetection" && !parts.knobs.strictReplay)
		return undefined;
	if (model === "Session" && isRevoked(entry, parts)) return undefined;
	if (exchange?.form.grant_type !== "refresh_token") return { ...payload };
	if (model === "RefreshToken") {
		if (isRevoked(entry, parts)) {
			exchange.refusal = revoked();
			return undefined;
		}
		return {
			...payload,
			clientId: familyClient(payload.clientId, exchange, parts, tenant),
			scope: union(payload.scope?.split(" ") ?? [], asked(exchange)).join(" "),
			resource: [resourceUri(exchange.scope.resource)],
		};
	}
	if (model === "Grant") return widenedGrant(payload, exchange, parts, tenant);
	return { ...payload };
}

/** What the grant of a refresh token allows in this exchange: whatever the directory does, so also another resource. */
function widenedGrant(
	payload: AdapterPayload,
	exchange: Exchange,
	parts: EngineParts,
	tenant: Tenant,
): AdapterPayload {
	const { scope } = exchange;
	const openid = payload.openid as { scope?: string } | undefined;
	const openidScope = openid?.scope?.split(" ") ?? [];
	return {
		...payload,
		clientId: familyClient(payload.clientId, exchange, parts, tenant),
		openid: { ...openid, scope: union(openidScope, scope.oidc).join(" ") },
		resources: {
			...(payload.resources as Record<string, string> | undefined),
			[resourceUri(scope.resource)]: resourceScopes(scope).join(" "),
		},
	};
}

const isRevoked = ({ payload, moment }: Entry, parts: EngineParts) =>
	parts.revocations.latest(payload.accountId, payload.clientId) > moment;

const asked = ({ scope }: Exchange) => [
	...scope.oidc,
	...resourceScopes(scope),
];

const union = (one: readonly string[], other: readonly string[]) => [
	...new Set([...one, ...other]),
];

/** Apps of the family use each other's refresh tokens as their own. */
function familyClient(
	owner: string | undefined,
	{ app }: Exchange,
	{ directory }: EngineParts,
	tenant: Tenant,
): string | undefined {
	const isShared =
		app?.isFamily === true &&
		directory.app(owner, tenant.id)?.isFamily === true;
	return isShared ? app.clientId : owner;
}
