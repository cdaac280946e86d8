// What sealing alone takes, as Go's format asks (AES-128-CBC, HMAC-SHA-256, base64): `cipher-floor.js DIRECTORY TIMES TOKENS`.
import { createCipheriv, createHmac, randomBytes } from "node:crypto";

/** What a token of 1.5 kB takes in a document of the unified schema. */
const ENTRY_BYTES = 1_980;
/** Stays in the processor's cache, and base64 of it ends where it ends. */
const CHUNK = 48 * 1024;

const [, ...counts] = process.argv.slice(2);
const [times, tokens] = counts.map(Number);
const content = randomBytes(ENTRY_BYTES * tokens);
const sealed = Buffer.alloc(Math.ceil(content.length / 3) * 4 + 64);
const key = randomBytes(16);
const start = performance.now();
for (let turn = 0; turn < times; turn += 1) seal();
console.log(JSON.stringify({ ms: performance.now() - start }));

function seal() {
	const cipher = createCipheriv("aes-128-cbc", key, randomBytes(16));
	const hmac = createHmac("sha256", key);
	let end = 0;
	for (let at = 0; at < content.length; at += CHUNK) {
		const part = cipher.update(content.subarray(at, at + CHUNK));
		hmac.update(part);
		end += sealed.write(part.toString("base64url"), end, "latin1");
	}
	hmac.update(cipher.final());
	return hmac.digest();
}
