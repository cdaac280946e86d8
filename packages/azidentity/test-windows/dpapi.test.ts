import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { protect, unprotect } from "../src/stores/persistent/native/dpapi.ts";
import type { WindowsError } from "../src/stores/persistent/native/windows-error.ts";
import { protectAs } from "./protect-as.ts";

const SECRET = "a refresh token that nobody may read, 0.AXEAq83v";
const text = (bytes: Uint8Array | undefined) =>
	bytes && Buffer.from(bytes).toString();

test("what was protected opens again, byte for byte, whatever its length", async () => {
	for (const length of [1, 7, 8, 9, 255, 256, 65_537, 5_000_000]) {
		const plain = noise(length);
		const opened = await unprotect(await protect(plain));
		assert.ok(opened !== undefined && Buffer.compare(opened, plain) === 0);
	}
});

test("what was protected shows nothing of what is in it, and never looks the same twice", async () => {
	const first = await protect(Buffer.from(SECRET));
	const second = await protect(Buffer.from(SECRET));
	// Short enough to find any part of it, long enough not to be there by chance.
	for (let at = 0; at + 5 <= SECRET.length; at += 1) {
		const part = SECRET.slice(at, at + 5);
		assert.ok(!Buffer.from(first).includes(part), part);
	}
	assert.notDeepEqual(first, second);
});

test("protecting leaves what it was given as it was", async () => {
	const plain = Buffer.from(SECRET);
	const sealed = await protect(plain);
	const before = Buffer.from(sealed);
	await unprotect(sealed);
	assert.equal(plain.toString(), SECRET);
	assert.deepEqual(Buffer.from(sealed), before);
});

test("bytes from the middle of a larger buffer are taken as they are, without their neighbours", async () => {
	const around = Buffer.from(`neighbours ${SECRET} neighbours`);
	const plain = around.subarray(11, 11 + SECRET.length);
	const sealed = Buffer.from(await protect(plain));
	const padded = Buffer.concat([noise(5), sealed, noise(5)]);
	assert.equal(text(await unprotect(sealed)), SECRET);
	assert.equal(text(await unprotect(padded.subarray(5, -5))), SECRET);
});

test("a blob that was changed anywhere opens as what it was or not at all", async () => {
	const sealed = await protect(Buffer.from(SECRET));
	let refused = 0;
	for (const index of sealed.keys()) {
		const changed = sealed.slice();
		changed[index] = (changed[index] ?? 0) ^ 0x10;
		const opened = text(await unprotect(changed));
		if (opened === undefined) refused += 1;
		else assert.equal(opened, SECRET, `byte ${index}`);
	}
	// Only what names the algorithms and the program may be changed unnoticed: the salt, the text and its hash may not.
	assert.ok(refused > sealed.length / 2, `${refused} of ${sealed.length}`);
});

test("half a blob, and a blob with its end changed, do not open", async () => {
	const sealed = await protect(Buffer.from(SECRET));
	for (let length = 0; length < sealed.length; length += 1)
		assert.equal(await unprotect(sealed.subarray(0, length)), undefined);
	const changed = sealed.slice();
	changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
	assert.equal(await unprotect(changed), undefined);
});

test("what is no blob does not open: nothing, text, JSON, noise, zeroes", async () => {
	const others = [
		Buffer.alloc(0),
		Buffer.from("not a blob"),
		Buffer.from('{"AccessToken":{},"RefreshToken":{}}'),
		noise(4_096),
		Buffer.alloc(4_096),
	];
	for (const bytes of others) assert.equal(await unprotect(bytes), undefined);
});

test("a blob that somebody closed with a word of their own does not open", async () => {
	const theirs = await protectAs(SECRET, { entropy: "their word" });
	assert.equal(await unprotect(theirs), undefined);
});

test("blobs as the Go, Python and JavaScript libraries make them open", async () => {
	for (const how of [
		{ flags: 1 },
		{ flags: 1, description: "python_data" },
		{ flags: 0 },
	])
		assert.equal(text(await unprotect(await protectAs(SECRET, how))), SECRET);
});

test("what Windows refuses to protect is an error with Windows' number, and shows nothing of the text", async () => {
	// Some versions protect nothing as gladly as something.
	const sealed = await protect(Buffer.alloc(0)).catch((error) => error);
	if (sealed instanceof Uint8Array) {
		assert.equal(text(await unprotect(sealed)), "");
		return;
	}
	assert.ok((sealed as WindowsError).win32Error > 0);
	assert.match(
		sealed.message,
		/^Windows could not encrypt .*CryptProtectData: error 0x[0-9a-f]{8}/,
	);
});

test("the memory that Windows gives is given back", async () => {
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc") as () => void;
	const plain = noise(250_000);
	const resident = async (rounds: number) => {
		for (let round = 0; round < rounds; round += 1)
			await unprotect(await protect(plain));
		collect();
		return process.memoryUsage().rss;
	};
	const before = await resident(10);
	const grown = (await resident(100)) - before;
	// Kept, it would be 50 MB.
	assert.ok(grown < 20e6, `${Math.round(grown / 1e6)} MB`);
});

/** Bytes without a pattern, the same in every run. */
function noise(length: number): Buffer {
	const parts: Buffer[] = [];
	for (let part = 0; part * 32 < length; part += 1)
		parts.push(createHash("sha256").update(`${length} ${part}`).digest());
	return Buffer.concat(parts).subarray(0, length);
}
