import assert from "node:assert/strict";
import { test } from "node:test";
import { protect } from "../src/stores/persistent/native/dpapi.ts";
import { windowsDpapiVault } from "../src/stores/persistent/vaults/windows-dpapi.ts";

test("the vault says that it can be used, and a document comes back to the last character", async () => {
	const vault = windowsDpapiVault();
	await vault.check();
	for (const document of [
		"{}",
		'{"é😀":"\\u0000\\n"}',
		"\uFEFF{}",
		" \n",
		"x".repeat(2e6),
	]) {
		const sealed = await vault.seal(document);
		assert.ok((await windowsDpapiVault().open(sealed)) === document);
	}
});

test("a blob of the user that holds no text is no document", async () => {
	const vault = windowsDpapiVault();
	assert.equal(
		await vault.open(await protect(Buffer.from([0xff, 0xfe]))),
		undefined,
	);
	assert.equal(await vault.open(Buffer.alloc(0)), undefined);
});
