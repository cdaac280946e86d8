import { piecesOf, type Text } from "../../../foundation/text-pieces.ts";
import { framedLength, type Sealing, startSealing } from "./jwe.ts";
import { PieceBytes } from "./piece-bytes.ts";

/** A document that changes again within this time changes often, and its next version is worth making ready for. */
const OFTEN_MS = 100;

/** So many bytes are sealed ahead at a time: a fraction of a millisecond, so that nothing has to wait for it. */
const STEP_BYTES = 96_000;

/** What the next changes may add before larger memory is taken, in bytes. */
const ROOM_BYTES = 2 ** 14;

const NO_ROOM: Buffer = Buffer.alloc(0);

/**
 * Seals versions of one document, one after the other. Each is sealed as a whole and under random bytes of its own, which
 * takes far longer than a change does. But while one version is being written to disk there is time, and mostly it is known
 * how the next one will begin: as this one does, up to where this one was changed.
 */
export class JweSealer {
	readonly #key: Uint8Array;
	readonly #kid: string;
	/** The last version; forgotten when it has not been followed for some time. */
	readonly #last = new PieceBytes();
	/** Up to this byte the next version will be as the last one. */
	#expected = 0;
	#isWorthPreparing = false;
	/** The beginning of a version that is still to come. */
	#prepared: Sealing | undefined;
	/** Memory is used in turns, since it costs much to get: what was given out last is being written while the next is made. */
	#given = NO_ROOM;
	#room = NO_ROOM;
	#timer: NodeJS.Timeout | undefined;

	/** @param key Must stay as it is for as long as it is used here. */
	constructor(key: Uint8Array, kid: string) {
		this.#key = key;
		this.#kid = kid;
	}

	/** The document in the framing of `sealJwe`; valid until the next one is sealed. */
	seal(text: Text): Buffer {
		const pieces = piecesOf(text);
		const isSoon = !this.#last.isEmpty;
		const { kept, sameAtEnd } = this.#last.replace(pieces);
		const prepared = this.#prepared;
		this.#prepared = undefined;
		const isOfUse = prepared !== undefined && prepared.sealed <= kept;
		const { bytes } = this.#last;
		const sealing = isOfUse ? prepared : this.#start(bytes.length);

		// To prepare in vain costs time and saves none.
		this.#isWorthPreparing = isSoon && (isOfUse || !prepared);
		this.#expected = this.#last.endOf(pieces.length - sameAtEnd);
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.forget(), OFTEN_MS).unref();
		const framed = sealing.finish(bytes);
		this.#room = this.#given;
		this.#given = Buffer.from(framed.buffer);
		return framed;
	}

	/** For when nothing is to be done: seals what the next version will begin with, if versions come often. */
	prepare(): void {
		if (!this.#isWorthPreparing) return;
		this.#prepared = this.#start(this.#expected);
		this.#continue(this.#prepared);
	}

	/** Lets go of all that was kept for the next version. */
	forget(): void {
		this.#prepared = undefined;
		this.#isWorthPreparing = false;
		this.#last.clear();
		this.#given = NO_ROOM;
		this.#room = NO_ROOM;
	}

	#start(length: number): Sealing {
		const needed = framedLength(length) + ROOM_BYTES;
		// Its memory is nobody else's, so that it can be used again.
		if (this.#room.length < needed)
			this.#room = Buffer.allocUnsafeSlow(needed + needed / 4);
		return startSealing(this.#key, this.#kid, this.#room);
	}

	#continue(sealing: Sealing): void {
		if (sealing !== this.#prepared) return;
		const { sealed } = sealing;
		const end = Math.min(this.#expected, sealed + STEP_BYTES);
		sealing.advance(this.#last.bytes, end);
		if (sealing.sealed > sealed) setImmediate(() => this.#continue(sealing));
	}
}
