import { preferredCache } from "./foundation/clouds.ts";
import { jsonObject } from "./foundation/json-object.ts";
import type { Account } from "./token.ts";

/**
 * Who signed in, so that a later credential, or a later process with the same cache, can get their tokens
 * without a prompt. It holds no secret, but it names a person.
 */
export interface AuthenticationRecord {
	/** The host of the authority that issued the tokens, such as "login.windows.net". */
	authority: string;
	/** The id of the account across tenants. */
	homeAccountId: string;
	/** The client (application) id that the person signed in to. */
	clientId: string;
	/** The id of the tenant that issued the tokens. */
	tenantId: string;
	/** The user name of the account. */
	username: string;
}

/** The only version of the serialised form there is. */
const VERSION = "1.0";

const MEMBERS = [
	"authority",
	"homeAccountId",
	"clientId",
	"tenantId",
	"username",
] as const;

/** These find the account. An authority or a tenant need not be there for that, and some accounts have no name. */
const NEVER_EMPTY: readonly string[] = ["homeAccountId", "clientId"];

/**
 * The record as text, to keep until the next run: JSON with the record's members and `version`, as the other
 * Azure Identity libraries read it.
 * @throws TypeError when it is no record.
 */
export function serializeAuthenticationRecord(
	record: AuthenticationRecord,
): string {
	const { authority, homeAccountId, clientId, tenantId, username } =
		checkedRecord("serializeAuthenticationRecord", record);
	return JSON.stringify({
		authority,
		homeAccountId,
		tenantId,
		username,
		clientId,
		version: VERSION,
	});
}

/**
 * The record in a text that {@link serializeAuthenticationRecord}, or another Azure Identity library, made.
 * @throws TypeError when the text is no record, or one of another version. It is not shown.
 */
export function deserializeAuthenticationRecord(
	serializedRecord: string,
): AuthenticationRecord {
	const name = "deserializeAuthenticationRecord";
	const parsed =
		typeof serializedRecord === "string"
			? jsonObject(serializedRecord)
			: undefined;
	if (parsed === undefined)
		throw new TypeError(
			`${name}: the text is not a JSON object. Pass what serializeAuthenticationRecord returned.`,
		);
	const { version = VERSION } = parsed;
	if (version !== VERSION)
		throw new TypeError(
			`${name}: unsupported AuthenticationRecord version. Only "${VERSION}" can be read: sign in again to make one.`,
		);
	return checkedRecord(name, parsed);
}

/**
 * The record, with its authority as the cache files it: a bare host, by the name the cloud prefers.
 * @param owner Who was given it, for the message.
 * @throws TypeError that names the member at fault, and shows no value.
 */
export function checkedRecord(
	owner: string,
	record: unknown,
): AuthenticationRecord {
	if (typeof record !== "object" || record === null)
		throw new TypeError(
			`${owner}: the authentication record is not an object. Pass what authenticate() returned.`,
		);
	const given = record as Record<string, unknown>;
	const members = MEMBERS.map((member): [string, string] => {
		const value = given[member];
		if (typeof value === "string" && !isMissing(member, value))
			return [member, value];
		throw new TypeError(
			`${owner}: the authentication record has no ${member}. Sign in again to make one.`,
		);
	});
	const { authority, ...rest } = Object.fromEntries(
		members,
	) as unknown as AuthenticationRecord;
	return { authority: environmentOf(authority), ...rest };
}

/** The record of an account that signed in to a client. */
export function recordOf(
	clientId: string,
	account: Account,
): AuthenticationRecord {
	const { environment, homeAccountId, realm, username } = account;
	return {
		authority: environment,
		homeAccountId,
		clientId,
		tenantId: realm,
		username,
	};
}

function isMissing(member: string, value: string): boolean {
	return NEVER_EMPTY.includes(member) && value.trim() === "";
}

/** JavaScript writes a bare host, Go a URL, and early versions a path behind it. */
function environmentOf(authority: string): string {
	const host = authority.replace(/^[a-z]+:\/\//i, "").split("/")[0] ?? "";
	return preferredCache(host);
}
