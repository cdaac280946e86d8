import assert from "node:assert/strict";
import { test } from "vitest";
import { parseDocument } from "../../src/cache/document.ts";
import { knownDocuments } from "../../src/cache/known-documents.ts";

const text = (name: string) => `{"AccessToken":{},"name":"${name}"}`;
const large = (name: string) => text(name.repeat(5 * 2 ** 20));

test("a version of a document is parsed once, whoever asks for it", () => {
	const known = knownDocuments();
	const first = known.parsed(text("a"));
	assert.equal(known.parsed(text("a")), first);
	assert.notEqual(known.parsed(`${text("a")} `), first);
	assert.equal(known.parsed(text("a")), first);
});

test("what an edit has made is not parsed at all, in pieces or as one text", () => {
	const known = knownDocuments();
	const document = parseDocument(undefined).with(
		new Map([["AccessToken", new Map([["a key", '{"secret":"s"}']])]]),
	);
	const pieces = known.keep(document);
	assert.ok(Array.isArray(pieces));
	assert.equal(known.parsed(pieces), document);
	assert.equal(known.parsed(pieces.join("")), document);
	assert.notEqual(known.parsed(text("another")), document);
});

test("no document and an empty text are not taken for each other", () => {
	const known = knownDocuments();
	assert.notEqual(known.parsed(undefined), known.parsed(""));
});

test("what is known is bounded: what was wanted least recently is forgotten", () => {
	const known = knownDocuments();
	const [one, two] = [known.parsed(text("1")), known.parsed(text("2"))];
	for (let name = 3; name <= 8; name += 1) known.parsed(text(`${name}`));
	assert.equal(known.parsed(text("1")), one);
	known.parsed(text("9"));
	assert.equal(known.parsed(text("1")), one);
	assert.notEqual(known.parsed(text("2")), two);
});

test("of large documents the last two are known, and no former versions", () => {
	const known = knownDocuments();
	const [one, two] = [known.parsed(large("1")), known.parsed(large("2"))];
	assert.equal(known.parsed(large("1")), one);
	assert.equal(known.parsed(large("2")), two);
	const three = known.parsed(large("3"));
	assert.equal(known.parsed(large("2")), two);
	assert.equal(known.parsed(large("3")), three);
	assert.notEqual(known.parsed(large("1")), one);
});
