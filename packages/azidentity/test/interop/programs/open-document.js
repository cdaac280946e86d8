// Opens a document as cache-format §7.5 has it, and not by the library's own code, which is what is watched. It throws when the
// document does not open, so it holds as well that it does. Linux only.
import { createDecipheriv } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import koffi from "koffi";

/** Of linux/keyctl.h. */
const KEYCTL = { x64: 250, arm64: 219 }[process.arch];
const [GET_KEYRING_ID, SEARCH, READ, GET_PERSISTENT] = [0, 10, 11, 22];
const USER_RING = -4;

const call = (...types) =>
	koffi.load(null).func("syscall", "long", ["long", "long", ...types]);
const control = call("long", "long", "long");
const search = call("long", "str", "str", "long");
const read = call("long", "void *", "long");

/** Each entry as text, by section and key. The key is called like the document, unless told. */
export function entriesIn(file, keyName = path.basename(file)) {
	const document = JSON.parse(open(contentOf(file), keyName));
	return new Map(
		Object.entries(document).flatMap(([section, entries]) =>
			Object.entries(entries).map(([key, entry]) => [
				`${section} ${key}`,
				JSON.stringify(entry),
			]),
		),
	);
}

function contentOf(file) {
	try {
		return readFileSync(file, "utf8") || "{}";
	} catch (error) {
		if (error.code === "ENOENT") return "{}";
		throw error;
	}
}

function open(content, keyName) {
	if (content.startsWith("{")) return content;
	const [, , iv, ciphertext] = content
		.split(".")
		.map((part) => Buffer.from(part, "base64url"));
	const decipher = createDecipheriv(
		"aes-128-cbc",
		key(keyName).subarray(16, 32),
		iv,
	);
	return Buffer.concat([
		decipher.update(ciphertext),
		decipher.final(),
	]).toString("utf8");
}

/** The key in the kernel's keyring of the user that is called so. */
function key(name) {
	const user = control(KEYCTL, GET_KEYRING_ID, USER_RING, 1, 0);
	const persistent = control(KEYCTL, GET_PERSISTENT, -1, user, 0);
	const ring = persistent < 0 ? user : persistent;
	const serial = search(KEYCTL, SEARCH, ring, "user", name, 0);
	const payload = Buffer.alloc(33);
	if (read(KEYCTL, READ, serial, payload, 33) < 0) throw new Error("no key");
	return payload;
}
