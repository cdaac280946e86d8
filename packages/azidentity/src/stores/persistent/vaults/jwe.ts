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
import {
	lengthOf,
	piecesOf,
	type Text,
} from "../../../foundation/text-pieces.ts";

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

/** A document of which the framing is being made, piece by piece. */
export interface Sealing {
	add(piece: string): void;
	/** The document in its framing. Nothing can be added afterwards. */
	finish(): Buffer;
}

/** What encryption and base64 make whole units of: nothing is left over between two chunks. */
const UNIT_BYTES = 3 * BLOCK_BYTES;

/** Chunks of this size stay in the processor's cache: to seal a megabyte as one takes twice as long. */
const CHUNK_BYTES = 1_000 * UNIT_BYTES;

/** A character is half of one that takes four bytes, or one that takes up to three. */
const MOST_BYTES = 3;

/** With less room than this, in characters, a chunk counts as full. */
const LEAST_ROOM = 500;

/**
 * A document in the framing that the Go library keeps it in: a JWE in compact form (RFC 7516), key used directly,
 * A128CBC-HS256 (RFC 7518 section 5.2.3), save that the header is not proven.
 * @param kid Names the key, for people: nobody reads it.
 * @param iv New random bytes each time; the same twice shows which beginnings of documents are equal.
 */
export function sealJwe(
	text: Text,
	key: Uint8Array,
	kid: string,
	iv?: Uint8Array,
): Buffer {
	const sealing = startSealing(key, kid, lengthOf(text), iv);
	for (const piece of piecesOf(text)) sealing.add(piece);
	return sealing.finish();
}

/**
 * As `sealJwe`, for a text that comes in pieces.
 * @param length About how long it will be.
 */
export function startSealing(
	key: Uint8Array,
	kid: string,
	length: number,
	iv: Uint8Array = randomBytes(IV_BYTES),
): Sealing {
	if (key.length !== KEY_BYTES)
		throw new RangeError(`a key of ${KEY_BYTES} bytes is needed`);
	const header = JSON.stringify({ alg: "dir", enc: "A128CBC-HS256", kid });
	const cipher = createCipheriv("aes-128-cbc", key.subarray(HALF), iv);
	const proof = proofOf(key, iv);
	const sealed = growingText(FRAME_LENGTH + Math.ceil((length * 4) / 3));
	// Between the dots that stand together there would be an encrypted key: ours is used as it is.
	sealed.add(`${encoded(Buffer.from(header))}..${encoded(iv)}.`);

	const addCiphertext = (ciphertext: Buffer) => {
		proof.update(ciphertext);
		sealed.add(encoded(ciphertext));
	};
	const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
	let filled = 0;
	function flush(): void {
		const full = filled - (filled % UNIT_BYTES);
		addCiphertext(cipher.update(chunk.subarray(0, full)));
		chunk.copyWithin(0, full, filled);
		filled -= full;
	}
	return {
		add(piece) {
			for (let at = 0; at < piece.length; ) {
				const room = Math.floor((CHUNK_BYTES - filled) / MOST_BYTES);
				const end = endOfSlice(piece, at + room);
				filled += chunk.write(piece.slice(at, end), filled);
				at = end;
				if (CHUNK_BYTES - filled < LEAST_ROOM * MOST_BYTES) flush();
			}
		},
		finish() {
			flush();
			const rest = chunk.subarray(0, filled);
			addCiphertext(Buffer.concat([cipher.update(rest), cipher.final()]));
			chunk.fill(0);
			sealed.add(`.${encoded(tagOf(proof))}`);
			return sealed.bytes();
		},
	};
}

/** More than a framing takes beside the document. */
const FRAME_LENGTH = 200;

/** Where a slice of a text ends that shall be so long at most: what takes two characters is not cut. */
function endOfSlice(text: string, end: number): number {
	if (end >= text.length) return text.length;
	const last = text.charCodeAt(end - 1);
	return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

/** A text of ASCII characters that grows, as bytes. */
function growingText(length: number) {
	let bytes = Buffer.allocUnsafe(length);
	let filled = 0;
	return {
		add(text: string): void {
			if (filled + text.length > bytes.length) {
				const more = Buffer.allocUnsafe(2 * (filled + text.length));
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
