import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, test } from "vitest";
import {
	findHeld,
	findRefreshTokens,
	findToken,
	parseDocument,
} from "../src/cache/document.ts";
import { identityOf } from "../src/cache/document-entity.ts";
import { listEntries } from "../src/cache/document-list.ts";
import type { Owner } from "../src/cache/owner.ts";
import {
	grantOf,
	hostileText,
	isPersons,
	owner,
	type Put,
	put,
	scopes,
} from "./documents/arbitraries.ts";
import { putGrant, removeEntries } from "./documents/edits.ts";
import { NOW, UNIFIED } from "./documents/unified.ts";

/** After the last grant came. */
const LATER = NOW + 120_000;

const apply = (text: string | undefined, one: Put, index = 0) =>
	putGrant(text, one.owner, one.scopes, grantOf(one, index), {
		requestedAt: one.requestedAt,
		cachedAt: one.requestedAt + one.took,
	});

const applyAll = (text: string | undefined, puts: readonly Put[]) =>
	puts.reduce(apply, text);

/** Who hears the same answers: an assertion says who its bearer is. */
function audience(of: Owner): string {
	const { home, assertionHash, ...rest } = identityOf(of);
	return JSON.stringify(
		assertionHash === "" ? { ...rest, home } : { ...rest, assertionHash },
	);
}

/** The put that a secret came from. */
function originOf(secret: string, puts: readonly Put[]): Put {
	const origin = puts[JSON.parse(secret.slice(3))[0]];
	assert.ok(origin);
	return origin;
}

const second = (time: number) => Math.floor(time / 1_000);

describe("whatever happens to documents", () => {
	test("what is put is found, by each of its scopes and by all", () => {
		fc.assert(
			fc.property(hostileText, put, (text, one) => {
				const now = one.requestedAt + one.took;
				const edited = apply(text, one);
				const document = parseDocument(edited);
				const find = (asked: string[]) =>
					findToken(document, one.owner, asked, now)?.token.token;
				const { token, refreshToken } = grantOf(one, 0);
				assert.equal(find(one.scopes), token.token);
				for (const scope of one.scopes)
					assert.ok(find([scope.toUpperCase()]) !== undefined);
				if (refreshToken !== undefined)
					assert.ok(
						findRefreshTokens(document, one.owner).includes(refreshToken),
					);
			}),
		);
	});

	test("no owner finds another's token, in any order of grants", () => {
		fc.assert(
			fc.property(
				fc.array(put, { minLength: 1, maxLength: 12 }),
				owner,
				scopes,
				(puts, asker, asked) => {
					const document = parseDocument(applyAll(undefined, puts));
					const found = findToken(document, asker, asked, LATER);
					if (found !== undefined) {
						const origin = originOf(found.token.token, puts);
						assert.equal(audience(origin.owner), audience(asker));
						for (const scope of asked) assert.ok(origin.scopes.includes(scope));
					}
					for (const secret of findRefreshTokens(document, asker)) {
						const origin = originOf(secret, puts);
						const one = identityOf(origin.owner);
						const other = identityOf(asker);
						assert.equal(one.environment, other.environment);
						assert.equal(one.assertionHash, other.assertionHash);
						if (other.assertionHash === "") assert.equal(one.home, other.home);
						// A family's tokens are the only ones that go from client to client.
						if (origin.familyId === undefined || other.assertionHash !== "")
							assert.equal(one.clientId, other.clientId);
					}
				},
			),
			{ numRuns: 400 },
		);
	});

	test("an answer that set out earlier never takes the place of one that set out later", () => {
		fc.assert(
			fc.property(
				fc.array(put, { minLength: 2, maxLength: 8 }),
				owner,
				(puts, one) => {
					const same = puts.map((each) => ({ ...each, owner: one }));
					const document = parseDocument(applyAll(undefined, same));
					for (const each of same) {
						const found = findToken(document, one, each.scopes, LATER);
						assert.ok(found !== undefined);
						const { requestedAt } = originOf(found.token.token, same);
						assert.ok(second(requestedAt) >= second(each.requestedAt));
					}
				},
			),
		);
	});

	test("an answer stored earlier never takes the place of one stored later", () => {
		fc.assert(
			fc.property(put, put, (one, other) => {
				const pair = [one, { ...other, owner: one.owner, scopes: one.scopes }];
				const [first, last] = pair
					.map((each) => ({ ...each, took: 0 }))
					.sort((a, b) => second(a.requestedAt) - second(b.requestedAt));
				assert.ok(first && last);
				fc.pre(second(first.requestedAt) < second(last.requestedAt));
				const inOrder = parseDocument(applyAll(undefined, [first, last]));
				const reversed = parseDocument(
					apply(apply(undefined, last, 1), first, 0),
				);
				for (const document of [inOrder, reversed])
					assert.equal(
						findToken(document, one.owner, one.scopes, LATER)?.token.token,
						grantOf(last, 1).token.token,
					);
			}),
		);
	});

	test("what others wrote survives any sequence of edits, to the letter", () => {
		const foreign = fc
			.dictionary(
				fc.string({ unit: "binary" }).map((name) => `x${name}`),
				fc.jsonValue(),
				{ minKeys: 1 },
			)
			.map((object) => JSON.stringify(object, undefined, 1));
		fc.assert(
			fc.property(
				foreign,
				fc.array(put, { minLength: 1, maxLength: 6 }),
				fc.array(owner, { maxLength: 3 }),
				(theirs, puts, leaving) => {
					// As a section of its own, as an entry and as members of entries; "huge" is no double.
					const huge = `"huge":1e999`;
					const before = UNIFIED.replace(/^\{/, () => `{"Their":${theirs},`)
						.replace(
							/("AppMetadata": ?\{)/,
							(start) => `${start}"theirs":${theirs},`,
						)
						.replace(
							/"secret": ?"at-ext"/,
							(member) => `${member},${huge},"theirs":${theirs}`,
						);
					let text = puts.reduce<string>(apply, before);
					for (const one of leaving) {
						text = removeEntries(text, one, "accessTokens");
						text = removeEntries(text, one, "everything");
					}
					assert.ok(text.includes(`{"Their":${theirs},"AccessToken"`));
					assert.ok(text.includes(`${huge},"theirs":${theirs}`));
					assert.equal(text.split(`"theirs":${theirs}`).length, 3);
					assert.equal(parseDocument(text).isDamaged, false);
				},
			),
		);
	});

	test("no text makes a lookup, an edit or a listing throw, and an edit always gives a document", () => {
		fc.assert(
			fc.property(hostileText, owner, scopes, put, (text, who, asked, one) => {
				const document = parseDocument(text);
				findToken(document, who, asked, NOW);
				findHeld(document, who);
				listEntries(document);
				for (const edited of [
					apply(text, one),
					removeEntries(text, who, "accessTokens"),
					removeEntries(text, who, "everything"),
				])
					assert.equal(parseDocument(edited).isDamaged, false);
				assert.equal(Object.keys(Object.prototype).length, 0);
			}),
			{ numRuns: 500 },
		);
	});

	test("an edit gives the same text whenever it is run", () => {
		fc.assert(
			fc.property(hostileText, put, (text, one) => {
				const edited = apply(text, one);
				assert.equal(apply(text, one), edited);
				if (isPersons(one)) assert.equal(apply(edited, one), edited);
			}),
		);
	});
});
