import assert from "node:assert/strict";
import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, test } from "vitest";
import { openJwe, sealJwe } from "../../src/stores/persistent/vaults/jwe.ts";

// The vectors were made by two implementations, one of them in Go, and read by both.
const KEY = Buffer.from(
	"01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3da",
	"hex",
);
const IV = Buffer.from("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", "hex");
const KID = "305419896";
const HEADER =
	"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2Iiwia2lkIjoiMzA1NDE5ODk2In0";
const EMPTY_DOCUMENT = {
	text: '{"AccessToken":{},"RefreshToken":{},"IdToken":{},"Account":{},"AppMetadata":{}}',
	compact: `${HEADER}..oKGio6SlpqeoqaqrrK2urw.XWvn3pOb1tzS54Iv66Td7TJWuHEwYOW-f-yQcReCdjqN_hXYJfCWln4WHHkwdpuPLSLWQalf068i64pVFatz3lhPaS93L_uNz0XLj4nfex4.dqUp03PmyS_Q_cSuqt6O-w`,
	tagOfRfc: "fvy0r2Egm13I9HsN0hIqgQ",
};
const ONE_BLOCK = {
	text: "0123456789abcdef",
	compact: `${HEADER}..oKGio6SlpqeoqaqrrK2urw.j0RbPsLj5y9uAllrO4QafI99KxUNiKK-nx7Ja1dQy_c.lusqIF1TeB_kZogDR-_JdA`,
	tagOfRfc: "MzSoY-RbCQs9eIAvnJmGfQ",
};

const open = (compact: string, key: Uint8Array = KEY) =>
	openJwe(Buffer.from(compact), key);

/** The compact form with some of its five parts replaced. */
function withParts(compact: string, parts: Record<number, string>): string {
	return compact
		.split(".")
		.map((part, index) => parts[index] ?? part)
		.join(".");
}

const headerOf = (members: unknown) =>
	Buffer.from(JSON.stringify(members)).toString("base64url");

describe.each([
	["the empty document", EMPTY_DOCUMENT],
	["a text of exactly one block", ONE_BLOCK],
])("%s", (_, { text, compact, tagOfRfc }) => {
	test("is sealed to the same bytes as by Go", () => {
		assert.equal(sealJwe(text, KEY, KID, IV).toString(), compact);
	});

	test("opens with its key", () => {
		assert.equal(open(compact), text);
	});

	test("does not open when its tag proves the header, too, as in other libraries", () => {
		assert.equal(open(withParts(compact, { 4: tagOfRfc })), undefined);
	});

	test("does not open when any bit of iv, ciphertext or tag is another", () => {
		const parts = compact.split(".");
		for (const part of [2, 3, 4]) {
			const bytes = Buffer.from(parts[part] ?? "", "base64url");
			for (let bit = 0; bit < bytes.length * 8; bit += 1) {
				const changed = Buffer.from(bytes);
				changed[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
				const tampered = changed.toString("base64url");
				const found = open(withParts(compact, { [part]: tampered }));
				assert.equal(found, undefined, `bit ${bit} of part ${part}`);
			}
		}
	});

	test("does not open with another key, nor with the kernel's payload as key", () => {
		assert.equal(open(compact, randomBytes(32)), undefined);
		const payload = Buffer.concat([KEY, Buffer.alloc(1)]);
		assert.equal(open(compact, payload), undefined);
		assert.equal(open(compact, KEY.subarray(0, 31)), undefined);
	});

	test("does not open when cut off anywhere, or with anything before or behind it", () => {
		for (let length = 0; length < compact.length; length += 1)
			assert.equal(open(compact.slice(0, length)), undefined);
		for (const junk of [".", "A", " ", "\n", "\0", "é"]) {
			assert.equal(open(compact + junk), undefined);
			assert.equal(open(junk + compact), undefined);
		}
	});
});

describe("the header", () => {
	const { text, compact } = EMPTY_DOCUMENT;

	test("may name any key, have its members in any order, and others besides", () => {
		const headers = [
			{ alg: "dir", enc: "A128CBC-HS256", kid: "-7" },
			{ alg: "dir", enc: "A128CBC-HS256" },
			{ kid: 1, enc: "A128CBC-HS256", alg: "dir" },
			{ zip: null, enc: "A128CBC-HS256", alg: "dir" },
		];
		for (const header of headers)
			assert.equal(open(withParts(compact, { 0: headerOf(header) })), text);
	});

	test("must name our algorithms", () => {
		const headers = [
			{ enc: "A128CBC-HS256" },
			{ alg: "dir" },
			{ alg: "A128KW", enc: "A128CBC-HS256" },
			{ alg: "dir", enc: "A256CBC-HS512" },
			{ alg: ["dir"], enc: ["A128CBC-HS256"] },
			["dir", "A128CBC-HS256"],
			null,
			"dir",
		];
		for (const header of headers) {
			const changed = withParts(compact, { 0: headerOf(header) });
			assert.equal(open(changed), undefined, JSON.stringify(header));
		}
	});

	test("must be JSON in base64url", () => {
		const base64 = Buffer.from('{"alg":"dir"').toString("base64url");
		for (const header of ["", "{}", base64, `${HEADER}=`, `+${HEADER}`])
			assert.equal(open(withParts(compact, { 0: header })), undefined);
	});
});

test("there is no encrypted key in it", () => {
	const changed = withParts(EMPTY_DOCUMENT.compact, { 1: "AAAA" });
	assert.equal(open(changed), undefined);
});

test("what is sealed opens again, and no two are alike", () => {
	fc.assert(
		fc.property(
			fc.string({ unit: "grapheme" }),
			fc.uint8Array({ minLength: 32, maxLength: 32 }),
			(text, key) => {
				const sealed = sealJwe(text, key, KID);
				assert.equal(openJwe(sealed, key), text);
				assert.notDeepEqual(sealJwe(text, key, KID), sealed);
			},
		),
	);
});

test("a long text is sealed as if in one go, wherever its characters fall", () => {
	const character = fc.constantFrom("a", "é", "€", "😀", "\ud83d", "\ude00");
	fc.assert(
		fc.property(
			fc.array(fc.tuple(character, fc.integer({ min: 1, max: 60_000 })), {
				minLength: 1,
				maxLength: 5,
			}),
			(runs) => {
				const text = runs.map(([one, times]) => one.repeat(times)).join("");
				const cipher = createCipheriv("aes-128-cbc", KEY.subarray(16), IV);
				const whole = Buffer.concat([cipher.update(text), cipher.final()]);
				const [, , , ciphertext] = sealJwe(text, KEY, KID, IV)
					.toString()
					.split(".");
				assert.equal(ciphertext, whole.toString("base64url"));
				assert.equal(
					openJwe(sealJwe(text, KEY, KID), KEY),
					Buffer.from(text).toString(),
				);
			},
		),
		{ numRuns: 40 },
	);
});

test("nothing that it is given makes it throw", () => {
	const segment = fc.oneof(
		fc.constantFrom(...EMPTY_DOCUMENT.compact.split(".")),
		fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64url")),
		fc.string(),
	);
	const hostile = fc.oneof(
		fc.uint8Array({ maxLength: 500 }),
		fc
			.array(segment, { maxLength: 8 })
			.map((parts) => Buffer.from(parts.join("."))),
	);
	fc.assert(
		fc.property(hostile, (bytes) => {
			const found = openJwe(bytes, KEY);
			// A mixture may happen to be the whole.
			assert.ok(found === undefined || found === EMPTY_DOCUMENT.text);
		}),
	);
});

/** What somebody who has the key could make of any bytes, padded already. */
function sealedBlocks(blocks: Buffer): Buffer {
	const cipher = createCipheriv("aes-128-cbc", KEY.subarray(16), IV);
	cipher.setAutoPadding(false);
	const ciphertext = Buffer.concat([cipher.update(blocks), cipher.final()]);
	const tag = createHmac("sha256", KEY.subarray(0, 16))
		.update(Buffer.concat([IV, ciphertext, Buffer.alloc(8)]))
		.digest()
		.subarray(0, 16);
	const parts = [IV, ciphertext, tag].map((part) => part.toString("base64url"));
	return Buffer.from([HEADER, "", ...parts].join("."));
}

test("a right tag over what is no text, or over padding that is none, does not open", () => {
	const block = (bytes: string, padding: number) =>
		Buffer.concat([
			Buffer.from(bytes, "latin1"),
			Buffer.alloc(16 - bytes.length, padding),
		]);
	assert.equal(openJwe(sealedBlocks(block('{"a":1}', 9)), KEY), '{"a":1}');
	assert.equal(openJwe(sealedBlocks(block("{\xff\xfe}", 12)), KEY), undefined);
	for (const padding of [0, 10, 17])
		assert.equal(
			openJwe(sealedBlocks(block('{"a":1}', padding)), KEY),
			undefined,
		);
});

test("only a key of 32 bytes seals", () => {
	for (const length of [0, 16, 31, 33])
		assert.throws(() => sealJwe("{}", Buffer.alloc(length), KID), RangeError);
});
