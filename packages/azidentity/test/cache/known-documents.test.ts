import assert from "node:assert/strict";
import { test } from "vitest";
import { knownDocuments } from "../../src/cache/known-documents.ts";

const TEXT = '{"AccessToken":{}}';
const nameOf = (owner: number) => ({ cae: false, owner: `owner ${owner}` });

test("a version of a document is parsed once, also when many owners are in it", () => {
	const known = knownDocuments();
	const first = known.parsed(nameOf(1), TEXT);
	assert.equal(known.parsed(nameOf(1), TEXT), first);
	assert.equal(known.parsed(nameOf(2), TEXT), first);
	assert.notEqual(known.parsed(nameOf(1), `${TEXT} `), first);
});

test("what is known is bounded: the owner who was asked about least recently is forgotten", () => {
	const known = knownDocuments();
	const [one, two] = [known.own(nameOf(1)), known.own(nameOf(2))];
	for (let owner = 3; owner <= 16; owner += 1) known.own(nameOf(owner));
	assert.equal(known.own(nameOf(1)), one);
	known.own(nameOf(17));
	assert.equal(known.own(nameOf(1)), one);
	assert.notEqual(known.own(nameOf(2)), two);
});
