import { constants } from "node:buffer";
import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	type Hmac,
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

/** What encryption and base64 make whole units of: nothing is left over between two pieces. */
const PIECE_UNIT = 3 * BLOCK_BYTES;

/** Pieces of this many characters stay in the processor's cache: sealing a megabyte as one takes twice as long. */
const PIECE_CHARACTERS = 1_000 * PIECE_UNIT;

/** A character is half of one that takes four bytes, or one that takes up to three. */
const MOST_BYTES = 3;

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
	// Between the dots that stand together there would be an encrypted key: ours is used as it is.
	const start = `${encoded(Buffer.from(header))}..${encoded(iv)}.`;
	const ciphertextBytes = paddedLength(Buffer.byteLength(text));
	const sealed = Buffer.allocUnsafe(
		start.length +
			encodedLength(ciphertextBytes) +
			1 +
			encodedLength(TAG_BYTES),
	);
	let at = sealed.write(start, "latin1");

	const cipher = createCipheriv("aes-128-cbc", key.subarray(HALF), iv);
	const proof = proofOf(key, iv);
	const append = (ciphertext: Buffer) => {
		proof.update(ciphertext);
		at += sealed.write(encoded(ciphertext), at, "latin1");
	};
	const rest = eachPiece(text, (piece) => append(cipher.update(piece)));
	append(Buffer.concat([cipher.update(rest), cipher.final()]));
	sealed.write(`.${encoded(tagOf(proof))}`, at, "latin1");
	return sealed;
}

/** Hands over a text as bytes, in multiples of the unit, and gives what is left. A piece is overwritten by the next one. */
function eachPiece(text: string, take: (piece: Buffer) => void): Buffer {
	const room = Math.min(text.length, PIECE_CHARACTERS) * MOST_BYTES;
	const bytes = Buffer.allocUnsafe(PIECE_UNIT + room);
	let filled = 0;
	for (let at = 0; at < text.length; ) {
		let end = Math.min(at + PIECE_CHARACTERS, text.length);
		// What takes two characters is encoded as one.
		if (end < text.length && isFirstHalf(text.charCodeAt(end - 1))) end -= 1;
		filled += bytes.write(text.slice(at, end), filled);
		at = end;
		const whole = filled - (filled % PIECE_UNIT);
		take(bytes.subarray(0, whole));
		bytes.copyWithin(0, whole, filled);
		filled -= whole;
	}
	return bytes.subarray(0, filled);
}

function isFirstHalf(code: number): boolean {
	return code >= 0xd800 && code <= 0xdbff;
}

/** PKCS#7 pads a text that fills its blocks by one block more. */
function paddedLength(bytes: number): number {
	return bytes - (bytes % BLOCK_BYTES) + BLOCK_BYTES;
}

function encoded(bytes: Uint8Array): string {
	const { buffer, byteOffset, length } = bytes;
	return Buffer.from(buffer, byteOffset, length).toString("base64url");
}

function encodedLength(bytes: number): number {
	return Math.ceil((bytes * 4) / 3);
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
	const proof = proofOf(key, jwe.iv).update(jwe.ciphertext);
	if (!timingSafeEqual(jwe.tag, tagOf(proof))) return undefined;
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

/** What the tag is made of, up to the ciphertext. */
function proofOf(key: Uint8Array, iv: Uint8Array): Hmac {
	return createHmac("sha256", key.subarray(0, HALF)).update(iv);
}

function tagOf(proof: Hmac): Buffer {
	return proof.update(NO_AAD_LENGTH).digest().subarray(0, TAG_BYTES);
}
