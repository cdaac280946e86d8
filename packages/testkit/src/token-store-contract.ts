import assert from "node:assert/strict";
import type { DocumentName, TokenStore } from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import { invalidation, names } from "./token-store-names.ts";

/** A place where documents live, empty at first, and handles on it as different processes would have them. */
export interface StorePlace {
	/** Another handle on the same place. */
	open(): TokenStore;
	/** Removes the place. */
	close?(): Promise<void>;
}

const NAME: DocumentName = { cae: false, owner: "an owner" };

/** A store may rely on this much: a document is a JSON object. */
const documentOf = (text: string) => JSON.stringify({ text });
const textOf = (document: string | undefined): string =>
	document === undefined ? "" : JSON.parse(document).text;
const append = (text: string) => (current: string | undefined) =>
	documentOf(`${textOf(current)}${text}`);

/**
 * What every token store must do, as tests. A store's own test file holds this call and what is special.
 * @param title The store's name.
 * @param makePlace Makes a new, empty place for each test.
 * @param options `leases: false` for a store that has no leases to give; `names` for one that names its documents,
 * `invalidation` for one that tells processes of revocations.
 */
export function tokenStoreContract(
	title: string,
	makePlace: () => StorePlace | Promise<StorePlace>,
	options: {
		leases?: boolean;
		names?: boolean;
		invalidation?: boolean;
	} = {},
): void {
	describe(`${title} keeps the contract of a token store`, () => {
		let place: StorePlace;
		let store: TokenStore;
		beforeEach(async () => {
			place = await makePlace();
			store = place.open();
		});
		afterEach(() => place.close?.());

		documents(() => ({ place, store }));
		edits(() => ({ place, store }));
		if (options.leases ?? true) leases(() => ({ place, store }));
		if (options.names) names(() => ({ place, store }));
		if (options.invalidation) invalidation(() => ({ place, store }));
	});
}

type Current = () => { place: StorePlace; store: TokenStore };

function documents(current: Current): void {
	test("a document that was never written is undefined, not an error", async () => {
		assert.equal(await current().store.read(NAME), undefined);
	});

	test("a document is read as it was written, to the last character", async () => {
		const { store } = current();
		for (const document of [
			"{}",
			'{"é😀":"\\u0000\\n"}',
			' {\n\t"a" : 1e400 }\r\n',
			documentOf("x".repeat(2e6)),
		]) {
			await store.update(NAME, () => document);
			assert.ok((await store.read(NAME)) === document);
		}
	});

	test("an edit is given the document as it is, and undefined when there is none", async () => {
		const { store } = current();
		const seen: (string | undefined)[] = [];
		for (const text of ["one", "two"]) {
			await store.update(NAME, (before) => {
				seen.push(before);
				return documentOf(text);
			});
		}
		// An edit may run more than once, so what matters is what it saw first and last.
		assert.equal(seen[0], undefined);
		assert.equal(seen.at(-1), documentOf("one"));
	});

	test("documents of the two flavours are kept apart", async () => {
		const { store } = current();
		const cae = { ...NAME, cae: true };
		await store.update(NAME, () => documentOf("plain"));
		await store.update(cae, () => documentOf("cae"));
		assert.equal(await store.read(NAME), documentOf("plain"));
		assert.equal(await store.read(cae), documentOf("cae"));
	});

	test("documents of what was got on users' behalf are kept apart from others, in both flavours", async () => {
		const { store } = current();
		for (const cae of [false, true])
			for (const isOnBehalfOf of [false, true])
				await store.update({ ...NAME, cae, isOnBehalfOf }, () =>
					documentOf(`${cae} ${isOnBehalfOf}`),
				);
		for (const cae of [false, true])
			for (const isOnBehalfOf of [false, true])
				assert.equal(
					await store.read({ ...NAME, cae, isOnBehalfOf }),
					documentOf(`${cae} ${isOnBehalfOf}`),
				);
		assert.equal(await store.read(NAME), documentOf("false false"));
	});
}

function edits(current: Current): void {
	test("edits made at the same time all count", async () => {
		const { place } = current();
		const handles = [place.open(), place.open(), place.open()];
		const texts = Array.from({ length: 60 }, (_, index) => `<${index}>`);
		await Promise.all(
			texts.map((text, index) =>
				handles[index % handles.length]?.update(NAME, append(text)),
			),
		);
		const text = textOf(await place.open().read(NAME));
		assert.equal(text.length, texts.join("").length);
		for (const part of texts) assert.ok(text.includes(part), part);
	});

	test("an edit that throws fails the update, leaves the document, and blocks nobody", async () => {
		const { store } = current();
		await store.update(NAME, () => documentOf("before"));
		const failure = new Error("edit failed");
		await assert.rejects(
			store.update(NAME, () => {
				throw failure;
			}),
			(error) => error === failure,
		);
		assert.equal(await store.read(NAME), documentOf("before"));
		await store.update(NAME, append(" and after"));
		assert.equal(textOf(await store.read(NAME)), "before and after");
	});

	test("a reader sees the old document or the new one, never half of either", async () => {
		const { place, store } = current();
		const reader = place.open();
		const versions = Array.from({ length: 20 }, (_, index) =>
			documentOf(String.fromCharCode(97 + index).repeat(100_000)),
		);
		let isWriting = true;
		const writing = (async () => {
			try {
				for (const version of versions) await store.update(NAME, () => version);
			} finally {
				isWriting = false;
			}
		})();
		while (isWriting) {
			const text = await reader.read(NAME);
			if (text !== undefined) assert.ok(versions.includes(text));
			await new Promise(setImmediate);
		}
		await writing;
	});
}

function leases(current: Current): void {
	const lease = (store: TokenStore, task: string, patience: number) => {
		assert.ok(store.lease, "the store has leases");
		return store.lease(task, patience);
	};

	test("while one holds a lease nobody else gets it, and others get theirs", async () => {
		const { place, store } = current();
		const held = await lease(store, "a task", 0);
		assert.ok(held);
		assert.equal(await lease(place.open(), "a task", 0), undefined);
		assert.equal(await lease(place.open(), "a task", 2), undefined);
		const other = await lease(place.open(), "another task", 0);
		assert.ok(other);
		await Promise.all([held.release(), other.release()]);
	});

	test("a lease that was given back goes to the one who waits for it, once", async () => {
		const { place, store } = current();
		const held = await lease(store, "a task", 0);
		const waiting = lease(place.open(), "a task", 10_000);
		await held?.release();
		const next = await waiting;
		assert.ok(next);
		await held?.release();
		assert.equal(await lease(store, "a task", 0), undefined);
		await next.release();
		const last = await lease(store, "a task", 0);
		assert.ok(last);
		await last.release();
	});
}
