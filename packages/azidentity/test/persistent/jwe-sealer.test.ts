import assert from "node:assert/strict";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import fc from "fast-check";
import { afterEach, describe, test, vi } from "vitest";
import { whole } from "../../src/foundation/text-pieces.ts";
import { openJwe } from "../../src/stores/persistent/vaults/jwe.ts";
import { JweSealer } from "../../src/stores/persistent/vaults/jwe-sealer.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
const turn = () => new Promise(setImmediate);
const ivOf = (sealed: Buffer) => sealed.toString().split(".")[2];

afterEach(() => {
	vi.useRealTimers();
});

/** A change of pieces: so many are removed at a place, and others put there. */
const change = fc.record({
	at: fc.nat(20),
	removed: fc.nat(2),
	added: fc.array(
		fc.oneof(
			fc.string(),
			fc.constantFrom("é", "😀").map((one) => one.repeat(50_000)),
		),
		{ maxLength: 2 },
	),
	/** How many turns of the event loop pass before the next one. */
	turns: fc.nat(4),
	isPrepared: fc.boolean(),
});

describe("versions that are sealed one after the other", () => {
	test("open as what they are, wherever they differ, and however far the next one was made ready for", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(change, { minLength: 3, maxLength: 8 }),
				async (changes) => {
					const sealer = new JweSealer(KEY, "1");
					let pieces = ["{", '"a":1', "}"];
					const ivs = new Set<string | undefined>();
					for (const { at, removed, added, turns, isPrepared } of changes) {
						const place = at % (pieces.length + 1);
						pieces = pieces.toSpliced(place, removed, ...added);
						const sealed = sealer.seal(pieces);
						if (isPrepared) sealer.prepare();
						const text = whole(pieces);
						assert.equal(openJwe(sealed, KEY), text);
						ivs.add(ivOf(sealed));
						for (let left = turns; left > 0; left -= 1) await turn();
						// It may still be on its way to the disk.
						assert.equal(openJwe(sealed, KEY), text);
					}
					assert.equal(ivs.size, changes.length, "each has bytes of its own");
				},
			),
			{ numRuns: 60 },
		);
	});

	test("that each add something in the same place have been sealed before they come, but for what is new", async () => {
		const sealer = new JweSealer(KEY, "1");
		const version = (count: number) => [
			"{",
			...Array.from({ length: count }, (_, number) => `${number}`.repeat(99)),
			"}",
		];
		for (const count of [1, 2]) {
			assert.equal(
				ciphersFor(() => sealer.seal(version(count))),
				1,
			);
			assert.equal(
				ciphersFor(() => sealer.prepare()),
				count - 1,
			);
		}
		assert.equal(
			ciphersFor(() => sealer.seal(version(3))),
			0,
		);
		// One that begins otherwise has to be sealed as a whole; and then nothing is made ready in vain again.
		sealer.prepare();
		assert.equal(
			ciphersFor(() => sealer.seal([" ", "{", "}"])),
			1,
		);
		assert.equal(
			ciphersFor(() => sealer.prepare()),
			0,
		);
	});

	test("and that come seldom are not made ready for, nor is the last one kept", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		const sealer = new JweSealer(KEY, "1");
		const version = ["{", "}"];
		for (let times = 0; times < 3; times += 1) {
			assert.equal(
				ciphersFor(() => sealer.seal(version)),
				1,
			);
			assert.equal(
				ciphersFor(() => sealer.prepare()),
				0,
			);
			vi.advanceTimersByTime(1_000);
		}
	});
});

/** How many ciphers are begun meanwhile: each document that is sealed from its start takes one. */
function ciphersFor(work: () => unknown): number {
	const { createCipheriv } = crypto;
	let begun = 0;
	crypto.createCipheriv = ((...args: Parameters<typeof createCipheriv>) => {
		begun += 1;
		return createCipheriv(...args);
	}) as typeof createCipheriv;
	syncBuiltinESMExports();
	try {
		work();
	} finally {
		crypto.createCipheriv = createCipheriv;
		syncBuiltinESMExports();
	}
	return begun;
}
