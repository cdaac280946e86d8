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

/** A text of which the framing is being made, from its beginning on. */
export interface Sealing {
	/** So many bytes of the text are sealed. They are not looked at again. */
	readonly sealed: number;
	/** Seals the text up to a byte, or a few bytes less. */
	advance(text: Buffer, end: number): void;
	/** The text in its framing. Nothing can be sealed afterwards. */
	finish(text: Buffer): Buffer;
}

/** What encryption and base64 make whole units of: nothing is left over between two chunks. */
const UNIT_BYTES = 3 * BLOCK_BYTES;

/** Chunks of this size stay in the processor's cache: to seal a megabyte as one takes twice as long. */
const CHUNK_BYTES = 1_000 * UNIT_BYTES;

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
	iv?: Uint8Array,
): Buffer {
	const bytes = Buffer.from(text);
	const room = Buffer.allocUnsafe(framedLength(bytes.length));
	return startSealing(key, kid, room, iv).finish(bytes);
}

/** How long the framing of so many bytes gets, or less. */
export function framedLength(length: number): number {
	return FRAME_LENGTH + Math.ceil((length * 4) / 3);
}

/**
 * As `sealJwe`, for a text of which the beginning is known before the end.
 * @param room Where the framing is made, if there is enough of it.
 */
export function startSealing(
	key: Uint8Array,
	kid: string,
	room: Buffer,
	iv: Uint8Array = randomBytes(IV_BYTES),
): Sealing {
	if (key.length !== KEY_BYTES)
		throw new RangeError(`a key of ${KEY_BYTES} bytes is needed`);
	const header = JSON.stringify({ alg: "dir", enc: "A128CBC-HS256", kid });
	const cipher = createCipheriv("aes-128-cbc", key.subarray(HALF), iv);
	const proof = proofOf(key, iv);
	const framed = growingText(room);
	// Between the dots that stand together there would be an encrypted key: ours is used as it is.
	framed.add(`${encoded(Buffer.from(header))}..${encoded(iv)}.`);

	let sealed = 0;
	const addCiphertext = (ciphertext: Buffer) => {
		proof.update(ciphertext);
		framed.add(ciphertext.toString("base64url"));
	};
	function advance(text: Buffer, end: number): void {
		const last = end - (end % UNIT_BYTES);
		while (sealed < last) {
			const next = Math.min(sealed + CHUNK_BYTES, last);
			addCiphertext(cipher.update(text.subarray(sealed, next)));
			sealed = next;
		}
	}
	return {
		get sealed() {
			return sealed;
		},
		advance,
		finish(text) {
			advance(text, text.length);
			const rest = cipher.update(text.subarray(sealed));
			addCiphertext(Buffer.concat([rest, cipher.final()]));
			framed.add(`.${encoded(tagOf(proof))}`);
			return framed.bytes();
		},
	};
}

/** More than a framing takes beside the document. */
const FRAME_LENGTH = 200;

/** A text of ASCII characters that grows, as bytes. */
function growingText(room: Buffer) {
	let bytes = room;
	let filled = 0;
	return {
		add(text: string): void {
			if (filled + text.length > bytes.length) {
				const more = Buffer.allocUnsafeSlow(2 * (filled + text.length));
				bytes.copy(more, 0, 0, filled);
				bytes = more;
			}
			filled += bytes.write(text, filled, "latin1");
		},
		bytes: () => bytes.subarray(0, filled),
	};
}

function encoded(bytes: Uint8Array): string {
	const { buffer, byteOffset, length } = bytes;
	return Buffer.from(buffer, byteOffset, length).toString("base64url");
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
