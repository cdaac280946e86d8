import { base64Text } from "../foundation/base64-text.ts";
import { jsonObject } from "../foundation/json-object.ts";

/** One way in that a resource names in `WWW-Authenticate`. */
export interface Challenge {
	/** In lower case, as schemes are compared. */
	readonly scheme: string;
	/** By their names in lower case. */
	readonly parameters: ReadonlyMap<string, string>;
}

const SEPARATORS = /[ \t,]*/y;
const NAME = /[\w!#$%&'*+.^`|~-]+/y;
/** What a scheme may have in the place of parameters, such as `Negotiate abc==`. */
const TOKEN68 = /[ \t]+[\w.~+/-]+=*(?=[ \t]*(?:,|$))/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
/** Azure Storage names its addresses without quotes. */
const UNQUOTED = /[^\s,"]+/y;
const AFTER_PARAMETER = /(?=[ \t,]|$)/y;

/**
 * The challenges of a `WWW-Authenticate` header, RFC 9110 §11.6.1, several in one header among them. Two liberties are
 * taken, as Azure Storage takes them: parameters may be separated by blanks, and values without quotes may be addresses.
 * @returns undefined when the header is anything else, or names a parameter twice: what is not understood is not answered.
 */
export function parseChallenges(header: string): Challenge[] | undefined {
	const text = header.trim();
	const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
	let at = 0;
	const take = (pattern: RegExp): RegExpExecArray | undefined => {
		pattern.lastIndex = at;
		const found = pattern.exec(text) ?? undefined;
		if (found !== undefined) at = pattern.lastIndex;
		return found;
	};
	for (take(SEPARATORS); at < text.length; take(SEPARATORS)) {
		const name = take(NAME)?.[0].toLowerCase();
		if (name === undefined) return undefined;
		if (take(EQUALS) === undefined) {
			challenges.push({ scheme: name, parameters: new Map() });
			take(TOKEN68);
			continue;
		}
		const value =
			take(QUOTED)?.[1]?.replaceAll(/\\(.)/g, "$1") ?? take(UNQUOTED)?.[0];
		const parameters = challenges.at(-1)?.parameters;
		if (value === undefined || parameters === undefined || parameters.has(name))
			return undefined;
		if (take(AFTER_PARAMETER) === undefined) return undefined;
		parameters.set(name, value);
	}
	return challenges;
}

/**
 * The claims of the first challenge to bring a token that satisfies them, as the text of a JSON object: they come in
 * base64 or base64url. Undefined when there is no such challenge.
 */
export function challengedClaims(header: string): string | undefined {
	for (const { scheme, parameters } of parseChallenges(header) ?? []) {
		if (scheme !== "bearer") continue;
		if (parameters.get("error") !== "insufficient_claims") continue;
		const claims = base64Text(parameters.get("claims") ?? "");
		if (claims !== undefined && jsonObject(claims) !== undefined) return claims;
	}
	return undefined;
}

/** What a tenant's id or domain name is made of; credentials check whether they may use it. */
const TENANT = /^(?!\.+$)[0-9a-z.][0-9a-z.-]*$/i;

/** These stand for whoever signs in. */
const SHARED_TENANTS = ["common", "organizations", "consumers"];

/** The tenant whose tokens the resource takes, from the address at which it says they are to be had. */
export function challengedTenant(header: string): string | undefined {
	for (const { scheme, parameters } of parseChallenges(header) ?? []) {
		if (scheme !== "bearer") continue;
		const address =
			parameters.get("authorization_uri") ?? parameters.get("authorization");
		if (address === undefined || !URL.canParse(address)) continue;
		const [, tenant = ""] = new URL(address).pathname.split("/");
		if (TENANT.test(tenant) && !SHARED_TENANTS.includes(tenant.toLowerCase()))
			return tenant;
	}
	return undefined;
}
