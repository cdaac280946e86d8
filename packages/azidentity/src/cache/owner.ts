import { jsonValue } from "../foundation/json-object.ts";

/** Whom a partition belongs to. What differs in any of these is never shared. */
export interface Owner {
	/** The client (application) id. */
	readonly clientId: string;
	/** The cloud, as the cache names it: the preferred cache host of the authority. */
	readonly environment: string;
	/** The tenant that issues the tokens. */
	readonly tenantId: string;
	/** The account, as `{uid}.{utid}`, for the tokens of a person. */
	readonly homeAccountId?: string;
	/** SHA-256 of the assertion, base64url, for tokens got on behalf of its bearer. */
	readonly assertionHash?: string;
}

/**
 * One text for one owner and one flavour of token. Host names, tenants and client ids are compared
 * without case, as the service does; accounts and hashes exactly.
 */
export function ownerKey(owner: Owner, cae: boolean): string {
	// JSON quotes what it joins, so no choice of parts can make two owners look like one.
	return JSON.stringify([
		owner.environment.toLowerCase(),
		owner.tenantId.toLowerCase(),
		owner.clientId.toLowerCase(),
		owner.homeAccountId ?? null,
		owner.assertionHash ?? null,
		cae,
	]);
}

/** The owner whose key it is; undefined when it is nobody's. What comes from a store may be anything. */
export function ownerOfKey(key: string): Owner | undefined {
	const parts = jsonValue(key);
	if (!Array.isArray(parts)) return undefined;
	const [
		environment,
		tenantId,
		clientId,
		homeAccountId,
		assertionHash,
	]: unknown[] = parts;
	const names = [environment, tenantId, clientId];
	if (!names.every((name) => typeof name === "string")) return undefined;
	return {
		environment: String(environment),
		tenantId: String(tenantId),
		clientId: String(clientId),
		...(typeof homeAccountId === "string" && { homeAccountId }),
		...(typeof assertionHash === "string" && { assertionHash }),
	};
}
