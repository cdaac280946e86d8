import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, test } from "vitest";
import { joinObject, splitObject } from "../src/cache/document-text.ts";
import { UNIFIED } from "./documents/unified.ts";

const rejoin = (text: string) => joinObject(splitObject(text));

describe("the text of a document", () => {
	test("whatever an object holds, taken apart and joined again it is the same", () => {
		fc.assert(
			fc.property(
				fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()),
				fc.constantFrom(undefined, 1, "\t", "    "),
				(object, indent) => {
					const text = JSON.stringify(object, undefined, indent);
					assert.deepEqual(JSON.parse(rejoin(text)), JSON.parse(text));
				},
			),
		);
	});

	test("each value is the text it was, blanks inside it and all", () => {
		const text = `\n{ "a" : [ 1 , 2 ] ,\r\n\t"b":{ "c" : "}" },"d":"\\\\","e\\"f":null ,"g":-0.50e+2}\n`;
		assert.deepEqual(
			[...splitObject(text)],
			[
				["a", "[ 1 , 2 ]"],
				["b", '{ "c" : "}" }'],
				["d", '"\\\\"'],
				['e"f', "null"],
				["g", "-0.50e+2"],
			],
		);
	});

	test("numbers too long for a double, and the order of members that look like numbers, survive", () => {
		const text = `{"b":12345678901234567890123,"2":1e999,"1":0.1000}`;
		assert.equal(rejoin(text), text);
	});

	test("of members with one name the last counts", () => {
		assert.equal(rejoin(`{"a":1,"b":2,"\\u0061":3}`), `{"a":3,"b":2}`);
	});

	test("a document that is taken apart at every level and joined again has the check value of the specification", () => {
		const rejoinAll = (text: string): string => {
			if (!text.startsWith("{")) return JSON.stringify(JSON.parse(text));
			const members = [...splitObject(text)];
			return joinObject(
				new Map(members.map(([name, value]) => [name, rejoinAll(value)])),
			);
		};
		assert.equal(
			createHash("sha256").update(rejoinAll(UNIFIED)).digest("hex"),
			"68ba49a39a1f1ad63e78caa6294e4c7d1e3199c6cde8d95a8f0223cc47dec112",
		);
	});

	test("a member called __proto__ is a member like any other", () => {
		const text = `{"__proto__":{"polluted":true},"constructor":1}`;
		assert.equal(rejoin(text), text);
		assert.equal(({} as { polluted?: true }).polluted, undefined);
	});

	test("nesting deeper than the stack does no harm", () => {
		const deep = "[".repeat(200_000) + "]".repeat(200_000);
		const text = `{"a":${deep},"b":1}`;
		assert.equal(rejoin(text), text);
	});
});
