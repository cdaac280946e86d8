import fc from "fast-check";
import { identityOf } from "../../src/cache/document-entity.ts";
import type { Owner } from "../../src/cache/owner.ts";
import type { Grant } from "../../src/token.ts";
import { HOME, NOW, PUBLIC_CLIENT, TENANT, UNIFIED } from "./unified.ts";

/** Few names, so that owners often differ in one thing only; and those that would upset a careless key. */
const name = (...usual: string[]) =>
	fc.constantFrom(...usual, "a", "a-b", "b", "__proto__", '","');

/** An owner, any of whose parts may be another's. */
export const owner: fc.Arbitrary<Owner> = fc.record(
	{
		clientId: name(PUBLIC_CLIENT),
		environment: fc.constantFrom(
			"login.microsoftonline.com",
			"login.windows.net",
			"login.microsoftonline.us",
			"localhost:8443",
		),
		tenantId: name(TENANT),
		homeAccountId: name(HOME),
		assertionHash: name("hash"),
	},
	{ requiredKeys: ["clientId", "environment", "tenantId"] },
);

export const scopes = fc.uniqueArray(
	fc.constantFrom("User.Read", "Mail.Read", "openid", "__proto__", "a-b"),
	{ minLength: 1 },
);

/** What happens to a document: one owner's grant, which came a while after it was asked for. */
export interface Put {
	readonly owner: Owner;
	readonly scopes: string[];
	readonly requestedAt: number;
	readonly took: number;
	readonly withRefreshToken: boolean;
	readonly familyId?: string;
}

/** Grants of the same hour, so that none outlives another. */
export const put: fc.Arbitrary<Put> = fc.record(
	{
		owner,
		scopes,
		requestedAt: fc.integer({ min: NOW - 60_000, max: NOW }),
		took: fc.integer({ min: 0, max: 60_000 }),
		withRefreshToken: fc.boolean(),
		familyId: fc.constantFrom("1", "2"),
	},
	{
		requiredKeys: [
			"owner",
			"scopes",
			"requestedAt",
			"took",
			"withRefreshToken",
		],
	},
);

/** Whether a refresh token of the grant can be kept: an app has none, and nobody's is kept for nobody. */
export const isPersons = ({ owner }: Put) => {
	const { home, assertionHash } = identityOf(owner);
	return home !== "" || assertionHash !== "";
};

/** The grant of a put, its secrets named after whose they are and the number of the put. */
export function grantOf(one: Put, index: number): Grant {
	const { owner, scopes, withRefreshToken, familyId } = one;
	const whose = JSON.stringify([index, owner]);
	return {
		token: { token: `at ${whose}`, expiresOnTimestamp: NOW + 7_200_000 },
		scope: scopes.join(" "),
		...(withRefreshToken && isPersons(one) && { refreshToken: `rt ${whose}` }),
		...(familyId !== undefined && { familyId }),
	};
}

/** Values where others belong. */
const wrong = fc.oneof(
	fc.constantFrom(null, "", 0, -1, 1.5, 1e300, true, [], {}, "1e9", " 1"),
	fc.jsonValue(),
);

const MEMBERS = [
	"home_account_id",
	"environment",
	"realm",
	"credential_type",
	"client_id",
	"secret",
	"target",
	"expires_on",
	"cached_at",
	"extended_expires_on",
	"refresh_on",
	"token_type",
	"keyid",
	"ext",
	"family_id",
	"last_modification_time",
	"user_assertion_hash",
	"requested_at",
	"__proto__",
];

/** Texts that are documents, nearly documents, and none at all. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
	fc.json(),
	fc.string(),
	fc
		.dictionary(
			fc.constantFrom(
				"AccessToken",
				"RefreshToken",
				"IdToken",
				"Account",
				"AppMetadata",
				"__proto__",
				"x",
			),
			fc.oneof(
				wrong,
				fc.dictionary(
					fc.string(),
					fc.oneof(wrong, fc.dictionary(fc.constantFrom(...MEMBERS), wrong)),
				),
			),
		)
		.map((document) => JSON.stringify(document)),
	fc
		.record({
			path: fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }),
			value: wrong,
		})
		.map(({ path, value }) => replaceAt(JSON.parse(UNIFIED), path, value)),
	fc.nat(UNIFIED.length).map((length) => UNIFIED.slice(0, length)),
);

/** A document with one value in it, found by turning at each level as `path` says, replaced. */
function replaceAt(root: object, path: number[], value: unknown): string {
	let parent: Record<string, unknown> = root as Record<string, unknown>;
	for (const [depth, turn] of path.entries()) {
		const names = Object.keys(parent);
		const name = names[turn % names.length];
		if (name === undefined) break;
		const child = parent[name];
		if (depth === path.length - 1 || typeof child !== "object" || !child) {
			parent[name] = value;
			break;
		}
		parent = child as Record<string, unknown>;
	}
	return JSON.stringify(root);
}
