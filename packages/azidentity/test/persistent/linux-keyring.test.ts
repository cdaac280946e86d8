import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, test, vi } from "vitest";
import { openJwe, sealJwe } from "../../src/stores/persistent/vaults/jwe.ts";
import { linuxKeyringVault } from "../../src/stores/persistent/vaults/linux-keyring.ts";
import {
	findKey,
	forbidKey,
	namesOfKeys,
	putKey,
	removeKey,
	revokeKey,
} from "./kernel-keys.ts";
import { needsKeyring } from "./needs-keyring.ts";

needsKeyring();

const TEXT = '{"AccessToken":{"k":{"secret":"a token é€😀"}}}';
const OTHER = '{"AccessToken":{}}';

let name: string;
beforeEach(() => {
	name = `azidentity-test-${randomUUID()}`;
});
afterEach(() => removeKey(name));

/** A vault as another process would have it. */
const vaultOfOther = () => linuxKeyringVault(name);

/** The payload of a key, as the Go library makes it. */
const payloadOf = (key: Uint8Array) => Buffer.concat([key, Buffer.alloc(1)]);

describe.runIf(process.platform === "linux")("the vault of Linux", () => {
	test("what one process seals another opens, and nobody reads it in the file", async () => {
		const sealed = await linuxKeyringVault(name).seal(TEXT);
		assert.equal(await vaultOfOther().open(sealed), TEXT);
		assert.match(Buffer.from(sealed).toString("latin1"), /^[\w.-]+$/);
	});

	test("the key in the kernel is 32 random bytes and a zero byte, in the keyring that outlives the session", async () => {
		const sealed = await linuxKeyringVault(name).seal(TEXT);
		const found = findKey(name);
		assert.equal(found?.payload.length, 33);
		assert.equal(found.payload[32], 0);
		assert.ok(new Set(found.payload).size > 8, "not random");
		assert.equal(namesOfKeys().get(found.serial), name);
		assert.equal(openJwe(sealed, found.payload.subarray(0, 32)), TEXT);
		const header = Buffer.from(sealed).toString("latin1").split(".")[0] ?? "";
		assert.equal(
			Buffer.from(header, "base64url").toString(),
			`{"alg":"dir","enc":"A128CBC-HS256","kid":"${found.serial}"}`,
		);
	});

	test("a second seal uses the key that is there, in this process and in others", async () => {
		const vault = linuxKeyringVault(name);
		await vault.seal(TEXT);
		const before = findKey(name);
		await vaultOfOther().seal(OTHER);
		const sealed = await vault.seal(TEXT);
		assert.deepEqual(findKey(name), before);
		assert.equal(await vaultOfOther().open(sealed), TEXT);
	});

	test.each([32, 33])(
		"a key of %i bytes that another program made opens and seals",
		async (length) => {
			const key = randomBytes(32);
			putKey(name, payloadOf(key).subarray(0, length));
			const vault = linuxKeyringVault(name);
			assert.equal(await vault.open(sealJwe(TEXT, key, "7")), TEXT);
			assert.equal(openJwe(await vault.seal(OTHER), key), OTHER);
			assert.deepEqual(findKey(name)?.payload.length, length);
		},
	);

	test.each([1, 16, 31, 34, 64])(
		"what is kept under the key's name and is %i bytes long is no key, and is replaced by one",
		async (length) => {
			const wrong = randomBytes(length);
			putKey(name, wrong);
			const vault = linuxKeyringVault(name);
			// What Go's library takes for the key: what fits, and zeroes.
			const asGo = Buffer.alloc(32);
			if (length <= 33) wrong.copy(asGo);
			assert.equal(await vault.open(sealJwe(TEXT, asGo, "7")), undefined);
			const sealed = await vault.seal(TEXT);
			assert.equal(findKey(name)?.payload.length, 33);
			assert.equal(await vaultOfOther().open(sealed), TEXT);
		},
	);

	test.each([
		["removed", removeKey],
		["revoked", revokeKey],
	])(
		"when its key was %s the document does not open, and the next seal makes a key that opens for all",
		async (_, lose) => {
			const vault = linuxKeyringVault(name);
			const lost = await vault.seal(TEXT);
			const before = findKey(name);
			lose(name);
			assert.equal(await vaultOfOther().open(lost), undefined);
			const sealed = await vault.seal(OTHER);
			assert.equal(await vaultOfOther().open(sealed), OTHER);
			assert.notDeepEqual(findKey(name)?.payload, before?.payload);
		},
	);

	test("a key that another process replaced is noticed when it is needed", async () => {
		const vault = linuxKeyringVault(name);
		const old = await vault.seal(TEXT);
		const key = randomBytes(32);
		putKey(name, payloadOf(key));
		const replaced = sealJwe(OTHER, key, "7");
		assert.equal(await vault.open(old), TEXT, "its own needs no other key");
		assert.equal(await vault.open(replaced), OTHER);
		assert.equal(await vault.open(old), undefined);
		assert.equal(openJwe(await vault.seal(TEXT), key), TEXT);
	});

	test("two that seal one after the other, both having seen no key, end with one key", async () => {
		const vaults = [linuxKeyringVault(name), linuxKeyringVault(name)];
		for (const vault of vaults) await vault.check();
		const sealed = await Promise.all(vaults.map((vault) => vault.seal(TEXT)));
		for (const each of sealed)
			assert.equal(await vaultOfOther().open(each), TEXT);
	});

	test("a document that was tampered with in any of its parts does not open", async () => {
		const vault = linuxKeyringVault(name);
		const parts = Buffer.from(await vault.seal(TEXT))
			.toString()
			.split(".");
		for (const at of parts.keys()) {
			const part = parts[at] ?? "";
			const changed = part.startsWith("A") ? "B" : "A";
			const tampered = parts.with(at, changed + part.slice(1)).join(".");
			assert.equal(await vault.open(Buffer.from(tampered)), undefined);
			const shorter = parts.toSpliced(at, 1).join(".");
			assert.equal(await vault.open(Buffer.from(shorter)), undefined);
		}
		assert.equal(await vault.open(new Uint8Array()), undefined);
		assert.equal(await vault.open(Buffer.from(TEXT)), undefined);
		assert.equal(await vault.open(Buffer.from(parts.join("."))), TEXT);
	});

	test("a check makes no key, and leaves none behind", async () => {
		const before = namesOfKeys();
		await linuxKeyringVault(name).check();
		const added = [...namesOfKeys()].filter(([serial]) => !before.has(serial));
		assert.deepEqual(
			added.filter(([, found]) => /^azidentity-test\d+$/.test(found)),
			[],
		);
		assert.equal(findKey(name), undefined);
	});

	test("a key that the user may not read is an error that says so, and is left alone", async () => {
		putKey(name, payloadOf(randomBytes(32)));
		forbidKey(name);
		const vault = linuxKeyringVault(name);
		const error = {
			name: "CredentialUnavailableError",
			cannotOpen: true,
			message: /EACCES.*unsafeAllowUnencryptedStorage/,
		};
		await assert.rejects(vault.check(), error);
		await assert.rejects(vault.seal(TEXT), error);
		await assert.rejects(vault.open(Buffer.from("eyJ")), error);
	});

	test("a platform or processor whose calls we do not know is an error that says so", async () => {
		for (const [property, value] of [
			["platform", "freebsd"],
			["arch", "s390x"],
		] as const) {
			vi.resetModules();
			const own = Object.getOwnPropertyDescriptor(process, property) ?? {};
			Object.defineProperty(process, property, { ...own, value });
			try {
				const module = await import(
					"../../src/stores/persistent/vaults/linux-keyring.ts"
				);
				await assert.rejects(module.linuxKeyringVault(name).check(), {
					cannotOpen: true,
					message: new RegExp(`${value}.*unsafeAllowUnencryptedStorage`),
				});
			} finally {
				Object.defineProperty(process, property, own);
			}
		}
	});
});
