import assert from "node:assert/strict";
import { beforeEach, describe, test } from "vitest";
import { type EntryStore, entryStore } from "../src/engine/entry-store.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let time: number;
let store: EntryStore;
beforeEach(() => {
	time = 1_700_000_000_000;
	let moment = 0;
	store = entryStore({
		now: () => time,
		moment: () => ++moment,
		limit: 100,
	});
});

describe("what the engine keeps", () => {
	test("is found by its id, its uid and its user code, until it is deleted", () => {
		store.put("1", { uid: "u", userCode: "C" }, MINUTE);

		assert.equal(store.idOf("u"), "1");
		assert.equal(store.idOf("C"), "1");
		store.delete("1");
		assert.deepEqual(
			[store.get("1"), store.idOf("u"), store.idOf("C")],
			[undefined, undefined, undefined],
		);
	});

	test("is found by its uid when it gets another id before the old one goes", () => {
		store.put("old", { uid: "u" }, MINUTE);
		store.put("new", { uid: "u" }, MINUTE);
		store.delete("old");

		assert.equal(store.idOf("u"), "new");
	});

	test("is still there after its time, so that it can be told to be expired", () => {
		store.put("code", {}, 10 * MINUTE);
		time += 30 * MINUTE;
		store.put("other", {}, MINUTE);

		assert.ok(store.get("code"));
	});

	test("is forgotten an hour after its time, with its other names", () => {
		store.put("code", { userCode: "C" }, 10 * MINUTE);
		time += 10 * MINUTE + HOUR + 1;
		store.put("other", {}, MINUTE);

		assert.equal(store.get("code"), undefined);
		assert.equal(store.idOf("C"), undefined);
		assert.equal(store.size(), 1);
	});

	test("is forgotten after twice its lifetime when it lives long", () => {
		store.put("refresh token", {}, 10 * HOUR);
		time += 19 * HOUR;
		store.put("a", {}, MINUTE);
		assert.ok(store.get("refresh token"));
		time += 2 * HOUR;
		store.put("b", {}, MINUTE);

		assert.equal(store.get("refresh token"), undefined);
	});

	test("is bounded: the oldest go first", () => {
		for (let id = 0; id < 1_000; id++) store.put(`${id}`, {}, 10 * HOUR);

		assert.ok(store.size() <= 110, `${store.size()} are kept`);
		assert.ok(store.get("999"));
		assert.equal(store.get("0"), undefined);
	});

	test("keeps the moment it was first known", () => {
		store.put("1", {}, MINUTE);
		store.put("2", {}, MINUTE);
		store.put("1", { uid: "u" }, MINUTE);

		assert.equal(store.get("1")?.moment, 1);
		assert.equal(store.get("2")?.moment, 2);
	});

	test("goes with its grant", () => {
		store.put("1", { grantId: "g" }, MINUTE);
		store.put("2", { grantId: "h" }, MINUTE);
		store.deleteGrant("g");

		assert.equal(store.get("1"), undefined);
		assert.ok(store.get("2"));
	});
});
