/** A character of JavaScript's takes three bytes at most; who takes more has two. */
const MOST_BYTES = 3;

/**
 * The bytes of a text in pieces. Of a version that follows only what comes behind the first piece that changed is encoded
 * anew: mostly that is a thousandth.
 */
export class PieceBytes {
	#pieces: readonly string[] = [];
	/** Where each of the pieces ends. */
	#ends: number[] = [];
	#buffer = Buffer.alloc(0);

	/** Valid until the next version. */
	get bytes(): Buffer {
		return this.#buffer.subarray(0, this.endOf(this.#pieces.length));
	}

	get isEmpty(): boolean {
		return this.#pieces.length === 0;
	}

	/** Where so many pieces end. */
	endOf(count: number): number {
		return this.#ends[count - 1] ?? 0;
	}

	/**
	 * Takes the pieces of the next version.
	 * @returns How many bytes at the beginning, and how many pieces at the end, are as they were.
	 */
	replace(pieces: readonly string[]): { kept: number; sameAtEnd: number } {
		const before = this.#pieces;
		const most = Math.min(before.length, pieces.length);
		let same = 0;
		while (same < most && pieces[same] === before[same]) same += 1;
		let sameAtEnd = 0;
		while (
			sameAtEnd < most &&
			pieces.at(-1 - sameAtEnd) === before.at(-1 - sameAtEnd)
		)
			sameAtEnd += 1;
		const kept = this.endOf(same);
		this.#ends.length = same;
		this.#pieces = pieces;
		for (const piece of pieces.slice(same)) this.#append(piece);
		return { kept, sameAtEnd };
	}

	clear(): void {
		this.#buffer.fill(0);
		this.#buffer = Buffer.alloc(0);
		this.#pieces = [];
		this.#ends = [];
	}

	#append(piece: string): void {
		const end = this.endOf(this.#ends.length);
		const needed = end + MOST_BYTES * piece.length;
		if (needed > this.#buffer.length) {
			const larger = Buffer.allocUnsafe(needed + needed / 2);
			this.#buffer.copy(larger, 0, 0, end);
			this.#buffer.fill(0);
			this.#buffer = larger;
		}
		this.#ends.push(end + this.#buffer.write(piece, end));
	}
}
