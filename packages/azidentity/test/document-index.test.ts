import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, test } from "vitest";
import {
	type Document,
	findHeld,
	findRefreshTokens,
	findToken,
	parseDocument,
} from "../src/cache/document.ts";
import { SECTIONS } from "../src/cache/document-entity.ts";
import { listEntries } from "../src/cache/document-list.ts";
import { putGrant } from "../src/cache/document-put.ts";
import { removeEntries } from "../src/cache/document-remove.ts";
import type { Owner } from "../src/cache/owner.ts";
import { whole } from "../src/foundation/text-pieces.ts";
import {
	grantOf,
	hostileText,
	owner,
	put,
	scopes,
} from "./documents/arbitraries.ts";
import { NOW, UNIFIED } from "./documents/unified.ts";

/** What may happen to a document: a grant of ours, a removal of ours, or somebody else who writes another one. */
const editOf = (owners: fc.Arbitrary<Owner>) =>
	fc.oneof(
		{
			weight: 12,
			arbitrary: fc
				.tuple(put, owners)
				.map(([one, owner]) => ({ put: { ...one, owner } })),
		},
		{
			weight: 2,
			arbitrary: fc.record({
				remove: owners,
				what: fc.constantFrom("accessTokens" as const, "everything" as const),
			}),
		},
		{ weight: 1, arbitrary: hostileText.map((text) => ({ theirs: text })) },
		{ weight: 1, arbitrary: fc.constant({ theirs: UNIFIED }) },
	);

/** Edits that concern few owners, so that each has several tokens; and one who asks. */
const story = fc
	.array(owner, { minLength: 1, maxLength: 2 })
	.chain((owners) => {
		const one = fc.constantFrom(...owners);
		return fc.record({
			edits: fc.array(editOf(one), { minLength: 2, maxLength: 12 }),
			asker: one,
			asked: scopes,
		});
	});
type Edit =
	ReturnType<typeof editOf> extends fc.Arbitrary<infer One> ? One : never;

function edited(document: Document, one: Edit, index: number): Document {
	if ("theirs" in one) return parseDocument(one.theirs);
	if ("remove" in one) return removeEntries(document, one.remove, one.what);
	const { owner, scopes, requestedAt, took } = one.put;
	const times = { requestedAt, cachedAt: requestedAt + took };
	return putGrant(document, owner, scopes, grantOf(one.put, index), times);
}

/** All that can be known of a document. */
function knowledgeOf(document: Document, asker: Owner, asked: string[]) {
	return {
		entries: SECTIONS.map((section) => [...document.entries(section)]),
		texts: SECTIONS.map((section) =>
			[...document.entries(section).keys()].map((key) =>
				document.entryText(section, key),
			),
		),
		tokens: document.tokens().groups,
		listed: listEntries(document),
		found: findToken(document, asker, asked, NOW),
		held: findHeld(document, asker),
		refreshTokens: findRefreshTokens(document, asker),
	};
}

describe("a document that was edited", () => {
	test("knows all that one knows which is read from its text, after any edits of ours and of others", () => {
		fc.assert(
			fc.property(story, fc.nat(3), ({ edits, asker, asked }, lookedAt) => {
				let document = parseDocument(undefined);
				for (const [index, one] of edits.entries()) {
					document = edited(document, one, index);
					// An index that is not there yet is not edited along.
					if (index < lookedAt) continue;
					const reread = parseDocument(whole(document.text()));
					assert.deepEqual(
						knowledgeOf(document, asker, asked),
						knowledgeOf(reread, asker, asked),
					);
				}
			}),
			{ numRuns: 400 },
		);
	});

	test("leaves the one before as it was", () => {
		fc.assert(
			fc.property(story, ({ edits, asker, asked }) => {
				let document = parseDocument(UNIFIED);
				for (const [index, one] of edits.entries()) {
					const before = whole(document.text());
					const known = structuredClone(knowledgeOf(document, asker, asked));
					const after = edited(document, one, index);
					assert.equal(whole(document.text()), before);
					assert.deepEqual(knowledgeOf(document, asker, asked), known);
					document = after;
				}
			}),
		);
	});
});
