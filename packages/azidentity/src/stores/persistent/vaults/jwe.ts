import { constants } from "node:buffer";
import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	randomBytes,
	timingSafeEqual,
} from "node:crypto";
import { jsonObject } from "../../../foundation/json-object.ts";

/** Bytes of a key: the first half proves, the second encrypts. */
export const KEY_BYTES = 32;

const HALF = KEY_BYTES / 2;
const IV_BYTES = 16;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;

/**
 * The length in bits of the data that is proven but not encrypted. RFC 7516 proves the header; the Go library
 * proves nothing beside the ciphertext, and so do we, who share its files. Nothing is lost by it: of the header
 * only what must have one value is read.
 */
const NO_AAD_LENGTH = Buffer.alloc(8);

/**
 * A document in the framing that the Go library keeps it in: a JWE in compact form (RFC 7516), key used directly,
 * A128CBC-HS256 (RFC 7518 section 5.2.3), save that the header is not proven.
 * @param kid Names the key, for people: nobody reads it.
 * @param iv New random bytes each time; the same twice shows which beginnings of documents are equal.
 */
export function sealJwe(
	text: string,
	key: Uint8Array,
	kid: string,
	iv: Uint8Array = randomBytes(IV_BYTES),
): Buffer {
	if (key.length !== KEY_BYTES)
		throw new RangeError(`a key of ${KEY_BYTES} bytes is needed`);
	const header = JSON.stringify({ alg: "dir", enc: "A128CBC-HS256", kid });
	const cipher = createCipheriv("aes-128-cbc", key.subarray(HALF), iv);
	const ciphertext = Buffer.concat([
		cipher.update(text, "utf8"),
		cipher.final(),
	]);
	const parts = [
		Buffer.from(header),
		Buffer.alloc(0), // no encrypted key: ours is used as it is
		Buffer.from(iv),
		ciphertext,
		tagOf(key, iv, ciphertext),
	];
	return Buffer.from(
		parts.map((part) => part.toString("base64url")).join("."),
		"latin1",
	);
}

/**
 * The document again; undefined when it does not open with this key. Says no to whatever bytes it is given,
 * and never throws.
 */
export function openJwe(
	sealed: Uint8Array,
	key: Uint8Array,
): string | undefined {
	const jwe = parse(sealed);
	if (jwe === undefined || key.length !== KEY_BYTES) return undefined;
	// The tag comes first: who could try ciphertexts, and see which have good padding, could read them.
	if (!timingSafeEqual(jwe.tag, tagOf(key, jwe.iv, jwe.ciphertext)))
		return undefined;
	try {
		const cipher = createDecipheriv("aes-128-cbc", key.subarray(HALF), jwe.iv);
		const plain = Buffer.concat([
			cipher.update(jwe.ciphertext),
			cipher.final(),
		]);
		// Bytes that are no text must not come back as a text with holes, and be written again as such.
		return new TextDecoder("utf-8", { fatal: true }).decode(plain);
	} catch {
		return undefined; // padding that is none, or no text: whoever has the key wrote something else
	}
}

interface Jwe {
	readonly iv: Buffer;
	readonly ciphertext: Buffer;
	readonly tag: Buffer;
}

/** The parts of a JWE of our kind; undefined when it is anything else. */
function parse(sealed: Uint8Array): Jwe | undefined {
	if (sealed.length > constants.MAX_STRING_LENGTH) return undefined;
	const [header, encryptedKey, iv, ciphertext, tag, ...rest] = Buffer.from(
		sealed.buffer,
		sealed.byteOffset,
		sealed.length,
	)
		.toString("latin1")
		.split(".", 6)
		.map(decode);
	if (header === undefined || !isOurs(header)) return undefined;
	if (encryptedKey?.length !== 0 || rest.length > 0) return undefined;
	if (iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES) return undefined;
	if (!ciphertext?.length || ciphertext.length % BLOCK_BYTES !== 0)
		return undefined;
	return { iv, ciphertext, tag };
}

function isOurs(header: Buffer): boolean {
	const members = jsonObject(header.toString());
	return members?.alg === "dir" && members.enc === "A128CBC-HS256";
}

function decode(part: string): Buffer | undefined {
	if (part.length % 4 === 1) return undefined;
	const bytes = Buffer.from(part, "base64url");
	// The decoder passes over what does not belong there. To look at each character as well takes longer than all
	// the rest, and the tag is what tells whether the bytes are right.
	return bytes.length === Math.floor((part.length * 3) / 4) ? bytes : undefined;
}

function tagOf(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array) {
	return createHmac("sha256", key.subarray(0, HALF))
		.update(iv)
		.update(ciphertext)
		.update(NO_AAD_LENGTH)
		.digest()
		.subarray(0, TAG_BYTES);
}
