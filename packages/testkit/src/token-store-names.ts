import assert from "node:assert/strict";
import type { DocumentName, TokenStore } from "azidentity";
import { test } from "vitest";

/** A place for documents, and a handle on it. */
export interface OpenPlace {
	readonly place: { open(): TokenStore };
	readonly store: TokenStore;
}

type Current = () => OpenPlace;

const NAME: DocumentName = { cae: false, owner: "an owner" };
const documentOf = (text: string) => JSON.stringify({ text });

/** What a store must do that names its documents. */
export function names(current: Current): void {
	test("the documents there are can be named, each once, whoever wrote them", async () => {
		const { place, store } = current();
		const namesOf = async (handle: TokenStore) => {
			assert.ok(handle.names, "the store names its documents");
			const found: string[] = [];
			for await (const name of handle.names()) {
				const { cae, isOnBehalfOf = false, owner } = name;
				assert.ok(await handle.read(name), "it is there under that name");
				found.push(`${owner} ${cae} ${isOnBehalfOf}`);
			}
			return found.sort();
		};
		assert.deepEqual(await namesOf(store), []);
		const written: string[] = [];
		for (const owner of ["one", 'an "other" \u00e9\ud83d\ude00:*?[x]'])
			for (const cae of [false, true])
				for (const isOnBehalfOf of [false, true]) {
					const name = { owner, cae, isOnBehalfOf };
					for (const text of ["once", "twice"])
						await place.open().update(name, () => documentOf(text));
					written.push(`${owner} ${cae} ${isOnBehalfOf}`);
				}
		assert.deepEqual(await namesOf(store), written.sort());
	});
}

/** What a store must do that tells processes of revocations. */
export function invalidation(current: Current): void {
	const open = (place: OpenPlace["place"]) => {
		const { invalidation: found } = place.open();
		assert.ok(found, "the store tells of revocations");
		return found;
	};

	test("what one announces, all others hear, in order and with its whole name", async () => {
		const { place } = current();
		const announcer = open(place);
		const listeners = [listener(open(place)), listener(open(place))];
		// A store may need a while until it listens: what is announced until then may be missed.
		await Promise.all(listeners.map((each) => each.isReady(announcer)));
		const announced: DocumentName[] = [
			{ cae: true, isOnBehalfOf: false, owner: "one" },
			{ cae: false, isOnBehalfOf: true, owner: '["\u00e9",null]' },
		];
		for (const name of announced) await announcer.announce(name);
		for (const each of listeners) {
			const heard = await each.next(announced.length);
			assert.deepEqual(
				heard.map(({ cae, isOnBehalfOf = false, owner }) => ({
					cae,
					isOnBehalfOf,
					owner,
				})),
				announced,
			);
			each.stop();
		}
	});

	test("who announces is not told, nor who has stopped to listen", async () => {
		const { place } = current();
		const announcer = open(place);
		const own = listener(announcer);
		const left = listener(open(place));
		const stays = listener(open(place));
		await Promise.all([
			left.isReady(announcer),
			stays.isReady(announcer),
			own.isReady(open(place)),
		]);
		left.stop();
		left.stop();
		await announcer.announce(NAME);
		await stays.next(1);
		// What this one hears last was announced last: all that it was told before has arrived.
		await open(place).announce({ cae: false, owner: "the last" });
		const [heard] = await own.next(1);
		assert.equal(heard?.owner, "the last");
		assert.deepEqual(left.heard(), []);
		own.stop();
		stays.stop();
	});
}

/** Who was only asked whether anybody listens. */
const PROBE = "is anybody there";

/** Somebody who listens, and can be waited for. */
function listener(place: NonNullable<TokenStore["invalidation"]>) {
	let probes = 0;
	const names: DocumentName[] = [];
	let wake: () => void = () => {};
	const stop = place.listen((name) => {
		if (name.owner === PROBE) probes += 1;
		else names.push(name);
		wake();
	});
	const until = async (isMet: () => boolean) => {
		while (!isMet())
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
	};
	return {
		stop,
		heard: () => names,
		async isReady(announcer: NonNullable<TokenStore["invalidation"]>) {
			while (probes === 0) {
				await announcer.announce({ cae: false, owner: PROBE });
				await new Promise(setImmediate);
			}
		},
		async next(count: number): Promise<DocumentName[]> {
			await until(() => names.length >= count);
			return names.splice(0, count);
		},
	};
}
