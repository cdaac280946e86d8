import { jsonObject } from "../foundation/json-object.ts";
import type { Account } from "../token.ts";
import type { RememberedBy } from "./cached-token.ts";
import { splitScopes } from "./document-access-token.ts";
import type { Owner } from "./owner.ts";
import type { DocumentName } from "./token-store.ts";

/** Which tokens: those that are meant by all that is named. */
export interface TokenFilter {
	/** The person, as a known account or an authentication record says it, or `{uid}.{utid}` itself. */
	account?: string | Pick<Account, "homeAccountId">;
	/** The tenant that issued the tokens. */
	tenantId?: string;
	/** The client (application) id. */
	clientId?: string;
	/** The scopes that a token has to serve, all of them. */
	scopes?: string | string[];
}

/** A filter that was read; what is undefined means any. Tenants, clients and scopes are in lower case. */
export interface Wanted {
	readonly homeAccountId: string | undefined;
	readonly tenantId: string | undefined;
	readonly clientId: string | undefined;
	readonly scopes: readonly string[] | undefined;
}

/** Whose something is. */
export interface Subject {
	readonly clientId: string;
	readonly tenantId: string;
	/** The account; "" for an app's own, undefined when it is not known yet. */
	readonly homeAccountId: string | undefined;
}

/** A partition, as far as its subject goes. */
interface RememberedFor {
	readonly owner: Owner;
	readonly whose: RememberedBy;
}

const EVERYTHING: Wanted = {
	homeAccountId: undefined,
	tenantId: undefined,
	clientId: undefined,
	scopes: undefined,
};

/**
 * Reads a filter. One that names nothing is refused, for then a value that should be there is missing, and what is
 * meant is not everything.
 * @throws TypeError
 */
export function readFilter(filter: TokenFilter | undefined): Wanted {
	if (filter === undefined) return EVERYTHING;
	if (typeof filter !== "object" || filter === null) throw notOne("filter");
	const names = Object.keys(filter);
	const unknown = names.find((name) => !(name in EVERYTHING_NAMED));
	if (unknown !== undefined || names.length === 0) throw notOne("filter");
	const { account } = filter;
	const id = typeof account === "object" ? account?.homeAccountId : account;
	return {
		homeAccountId: "account" in filter ? text("account", id) : undefined,
		tenantId: lower("tenantId", filter),
		clientId: lower("clientId", filter),
		scopes: "scopes" in filter ? scopesOf(filter.scopes) : undefined,
	};
}

/** What others are told of a clearing: a name that is no document's, for those whose caches may have what was meant. */
export function clearingName(wanted: Wanted): DocumentName {
	return { cae: false, owner: JSON.stringify(wanted) };
}

/** What was cleared, when it is such a name. What comes from a store may be anything. */
export function clearedBy({ owner }: DocumentName): Wanted | undefined {
	const told = jsonObject(owner);
	if (told === undefined) return undefined;
	const part = (name: keyof Wanted) => {
		const value = told[name];
		return typeof value === "string" ? value : undefined;
	};
	return {
		homeAccountId: part("homeAccountId"),
		tenantId: part("tenantId"),
		clientId: part("clientId"),
		// Which of what is remembered serves them, only the one who cleared knows.
		scopes: undefined,
	};
}

/** Whose something is that an owner has. `home` is the account of an assertion's bearer, when it is known. */
export function subjectOf(owner: Owner, home?: string): Subject {
	const { assertionHash, clientId, homeAccountId, tenantId } = owner;
	const own = assertionHash === undefined ? "" : home;
	return { clientId, tenantId, homeAccountId: homeAccountId ?? own };
}

/** Whose a partition is, as far as is known by now. */
export function partitionSubject({ owner, whose }: RememberedFor): Subject {
	return subjectOf(owner, whose.account?.homeAccountId);
}

/** Whether something of the subject may be meant. What is not known may be. */
export function isSubject(wanted: Wanted, subject: Subject): boolean {
	const { homeAccountId, tenantId, clientId } = wanted;
	return (
		(homeAccountId === undefined ||
			subject.homeAccountId === undefined ||
			subject.homeAccountId === homeAccountId) &&
		(tenantId === undefined || subject.tenantId.toLowerCase() === tenantId) &&
		(clientId === undefined || subject.clientId.toLowerCase() === clientId)
	);
}

/** Whether a token that serves `scopes`, in lower case, is meant, if its subject is. */
export function areScopes(
	wanted: Wanted,
	scopes: ReadonlySet<string>,
): boolean {
	return wanted.scopes?.every((scope) => scopes.has(scope)) ?? true;
}

const EVERYTHING_NAMED: Required<TokenFilter> = {
	account: "",
	tenantId: "",
	clientId: "",
	scopes: "",
};

function lower(
	name: "tenantId" | "clientId",
	filter: TokenFilter,
): string | undefined {
	return name in filter ? text(name, filter[name]).toLowerCase() : undefined;
}

function scopesOf(scopes: unknown): readonly string[] {
	const all = Array.isArray(scopes) ? scopes : [scopes];
	const single = all.flatMap((scope) =>
		splitScopes(text("scopes", scope).toLowerCase()),
	);
	if (single.length === 0) throw notOne("scopes");
	return single;
}

function text(name: keyof TokenFilter, value: unknown): string {
	if (typeof value === "string" && value.trim() !== "") return value;
	throw notOne(name);
}

function notOne(name: "filter" | keyof TokenFilter): TypeError {
	return new TypeError(
		name === "filter"
			? "TokenCache: the filter must name at least one of account, tenantId, clientId and scopes, and nothing else. Call clear() without an argument to remove everything."
			: `TokenCache: the ${name} of the filter is missing or empty. Leave it out to mean any.`,
	);
}
