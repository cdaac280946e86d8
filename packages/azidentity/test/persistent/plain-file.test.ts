import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "vitest";
import { sealJwe } from "../../src/stores/persistent/vaults/jwe.ts";
import { plainVault } from "../../src/stores/persistent/vaults/plain-file.ts";

const DOCUMENT = '{"AccessToken":{"é€😀":{"secret":"s"}},"Other":[1]}';

test("an unencrypted document lies on disk as its text, which opens again", async () => {
	const vault = plainVault();
	await vault.check();
	const sealed = await vault.seal(DOCUMENT);
	assert.equal(Buffer.from(sealed).toString("utf8"), DOCUMENT);
	assert.equal(await vault.open(sealed), DOCUMENT);
});

test("what is no document is not opened as one", async () => {
	const vault = plainVault();
	const others = {
		"an encrypted document": sealJwe(DOCUMENT, randomBytes(32), "1"),
		"half a document": Buffer.from(DOCUMENT).subarray(0, 30),
		"half a character": Buffer.from('{"a":"é"}').subarray(0, 7),
		"no UTF-8": Buffer.from('{"a":"\xff"}', "latin1"),
		"a list": Buffer.from("[]"),
		"a text": Buffer.from('"{}"'),
		null: Buffer.from("null"),
		nothing: Buffer.alloc(0),
		noise: randomBytes(100),
	};
	for (const [what, bytes] of Object.entries(others))
		assert.equal(await vault.open(bytes), undefined, what);
});

test("a document that another library wrote with a byte order mark or in lines opens", async () => {
	const vault = plainVault();
	const text = '{\n  "AccessToken": {}\n}\n';
	assert.equal(await vault.open(Buffer.from(`\uFEFF${text}`)), text);
});
