import {
	lengthOf,
	piecesOf,
	type Text,
} from "../../../foundation/text-pieces.ts";
import { type Sealing, startSealing } from "./jwe.ts";

/** A document that changes again within this time changes often, and its next version is worth making ready for. */
const OFTEN_MS = 100;

/** So many characters are sealed ahead at a time: a fraction of a millisecond, so that nothing has to wait for it. */
const STEP_LENGTH = 2 ** 17;

/** What the next change may add without the prepared part being copied, in characters. */
const ROOM_LENGTH = 2 ** 14;

/** The beginning of a version that is still to come. */
interface Beginning {
	readonly pieces: readonly string[];
	readonly sealing: Sealing;
	/** So many of the pieces are sealed. */
	sealed: number;
}

/**
 * Seals versions of one document, one after the other. Each is sealed as a whole and under random bytes of its own, which
 * takes far longer than a change does. But while one version is being written to disk there is time, and mostly it is known
 * how the next one will begin: as this one does, up to where this one was changed.
 */
export class JweSealer {
	readonly #key: Uint8Array;
	readonly #kid: string;
	/** The last version; forgotten when it has not been followed for some time. */
	#last: readonly string[] = [];
	/** So many pieces at the end did not change the last time. */
	#unchanged = 0;
	#isWorthPreparing = false;
	#beginning: Beginning | undefined;
	#timer: NodeJS.Timeout | undefined;

	/** @param key Must stay as it is for as long as it is used here. */
	constructor(key: Uint8Array, kid: string) {
		this.#key = key;
		this.#kid = kid;
	}

	/** The document in the framing of `sealJwe`. */
	seal(text: Text): Buffer {
		const pieces = piecesOf(text);
		const prepared = this.#beginning;
		this.#beginning = undefined;
		const isOfUse = prepared && isBeginning(prepared.pieces, pieces);
		const { sealing, sealed } = isOfUse ? prepared : this.#start(text, 0);
		for (const piece of pieces.slice(sealed)) sealing.add(piece);

		const isSoon = this.#last.length > 0;
		// To prepare in vain costs time and saves none.
		this.#isWorthPreparing = isSoon && (isOfUse || !prepared);
		this.#unchanged = sameAtEnd(this.#last, pieces);
		this.#last = pieces;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.forget(), OFTEN_MS).unref();
		return sealing.finish();
	}

	/** For when nothing is to be done: seals what the next version will begin with, if versions come often. */
	prepare(): void {
		if (!this.#isWorthPreparing) return;
		const end = this.#last.length - this.#unchanged;
		this.#beginning = this.#start(this.#last.slice(0, end), ROOM_LENGTH);
		this.#continue(this.#beginning);
	}

	/** Lets go of all that was kept for the next version. */
	forget(): void {
		this.#beginning = undefined;
		this.#last = [];
	}

	#start(text: Text, room: number): Beginning {
		const length = lengthOf(text) + room;
		const sealing = startSealing(this.#key, this.#kid, length);
		return { pieces: piecesOf(text), sealing, sealed: 0 };
	}

	#continue(beginning: Beginning): void {
		if (beginning !== this.#beginning) return;
		let left = STEP_LENGTH;
		for (const piece of beginning.pieces.slice(beginning.sealed)) {
			beginning.sealing.add(piece);
			beginning.sealed += 1;
			left -= piece.length;
			if (left <= 0) break;
		}
		if (beginning.sealed < beginning.pieces.length)
			setImmediate(() => this.#continue(beginning)).unref();
	}
}

function isBeginning(
	beginning: readonly string[],
	pieces: readonly string[],
): boolean {
	return beginning.every((piece, index) => piece === pieces[index]);
}

/** How many pieces at their ends two texts have in common. */
function sameAtEnd(one: readonly string[], other: readonly string[]): number {
	const most = Math.min(one.length, other.length);
	let same = 0;
	while (same < most && one.at(-1 - same) === other.at(-1 - same)) same += 1;
	return same;
}
