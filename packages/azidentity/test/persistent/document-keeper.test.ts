import assert from "node:assert/strict";
import { test } from "vitest";
import type { Lease } from "../../src/cache/token-store.ts";
import { type Text, whole } from "../../src/foundation/text-pieces.ts";
import { documentKeeper } from "../../src/stores/persistent/document-keeper.ts";

/** A place in memory that counts what is written, and a lock that the test opens. */
function setUp() {
	const written: Text[] = [];
	const wanting: ((lease: Lease | undefined) => void)[] = [];
	/** For how long the lock was waited for, each time. */
	const patiences: number[] = [];
	let isHeld = false;
	let holder: string | undefined = "another process";
	const lease: Lease = {
		async release() {
			isHeld = false;
		},
	};
	const keeper = documentKeeper(
		{
			read: async () => written.at(-1),
			async write(text) {
				assert.ok(isHeld, "written without the lock");
				written.push(text);
			},
		},
		{
			acquire(patience) {
				patiences.push(patience);
				return new Promise((resolve) => wanting.push(resolve));
			},
			holding: () => holder,
		},
	);
	const give = (what: Lease | undefined) => {
		isHeld = what !== undefined;
		wanting.shift()?.(what);
	};
	return {
		keeper,
		written,
		patiences,
		open: () => give(lease),
		refuse: () => give(undefined),
		/** Somebody else got the lock meanwhile, or with `undefined` nobody has it at this moment. */
		passOn(next: string | undefined) {
			holder = next;
			give(undefined);
		},
	};
}

const append = (text: string) => (before: Text | undefined) =>
	`${whole(before ?? "")}${text}`;
const turn = () => new Promise(setImmediate);

test("changes that are wanted while the lock is waited for are written in one go", async () => {
	const { keeper, written, open } = setUp();
	const changes = ["a", "b", "c"].map((text) => keeper.update(append(text)));
	open();
	await Promise.all(changes);
	assert.deepEqual(written, ["abc"]);
});

test("a change is done when it has been written, not before", async () => {
	const { keeper, written, open } = setUp();
	let isDone = false;
	const change = keeper.update(append("a")).then(() => {
		isDone = true;
	});
	await turn();
	assert.equal(isDone, false);
	open();
	await change;
	assert.deepEqual(written, ["a"]);
});

test("a change that throws fails alone; the others are written", async () => {
	const { keeper, written, open } = setUp();
	const good = keeper.update(append("a"));
	const bad = keeper.update(() => {
		throw new Error("no");
	});
	const failed = assert.rejects(bad, /no/);
	const alsoGood = keeper.update(append("b"));
	open();
	await Promise.all([good, alsoGood, failed]);
	assert.deepEqual(written, ["ab"]);
});

test("a change that changes nothing is not written", async () => {
	const { keeper, written, open } = setUp();
	const first = keeper.update(append("a"));
	open();
	await first;
	const second = keeper.update((before) => before ?? "");
	await turn();
	open();
	await second;
	assert.deepEqual(written, ["a"]);
});

test("when another process keeps the lock, the changes fail and the next ones are tried again", async () => {
	const { keeper, written, open, refuse } = setUp();
	const failed = assert.rejects(keeper.update(append("a")), /another process/);
	refuse();
	await failed;
	await turn();
	const next = keeper.update(append("b"));
	await turn();
	open();
	await next;
	assert.deepEqual(written, ["b"]);
});

test.each([["one after another"], [undefined]])(
	"while the lock goes from hand to hand (%s), it is waited for on and on",
	async (next) => {
		const { keeper, written, open, passOn } = setUp();
		const change = keeper.update(append("a"));
		passOn(next);
		await turn();
		open();
		await change;
		assert.deepEqual(written, ["a"]);
	},
);

test("but not for ever: a caller has its token after half a minute", async () => {
	const { keeper, written, passOn } = setUp();
	const failed = assert.rejects(keeper.update(append("a")), /another process/);
	for (let waits = 1; waits <= 6; waits += 1) {
		passOn(`process ${waits}`);
		await turn();
	}
	await failed;
	assert.deepEqual(written, []);
});

test("a process that keeps the lock is waited for once, and not for each change", async () => {
	const { keeper, written, patiences, open, refuse, passOn } = setUp();
	for (const text of ["a", "b"]) {
		const failed = assert.rejects(
			keeper.update(append(text)),
			/another process/,
		);
		refuse();
		await failed;
		await turn();
	}
	assert.deepEqual(patiences, [5_000, 0]);
	const change = keeper.update(append("c"));
	passOn("the next process");
	await turn();
	open();
	await change;
	assert.deepEqual(written, ["c"]);
	assert.deepEqual(patiences.slice(2), [0, 5_000]);
});
