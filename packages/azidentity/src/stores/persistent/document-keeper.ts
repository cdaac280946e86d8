import type { Lease } from "../../cache/token-store.ts";
import type { Text } from "../../foundation/text-pieces.ts";
import type { DocumentPlace } from "./document-place.ts";
import type { ProcessLock } from "./process-lock.ts";

/** One document, its lock, and those in this process who want to change it. */
export interface DocumentKeeper {
	read(): Promise<Text | undefined>;
	update(edit: Edit): Promise<void>;
}

type Edit = (current: Text | undefined) => Text;

interface Change {
	readonly edit: Edit;
	readonly done: () => void;
	readonly failed: (error: unknown) => void;
}

/** As long as the Go library waits. Whoever holds the lock longer than this is not writing a file. */
const PATIENCE_MS = 5_000;

/**
 * So often that is waited for while the lock goes from hand to hand: where many processes write on a busy machine, the next one
 * would ask again for what is not written now. For longer than 30 s no caller's token is held back for it.
 */
const MOST_WAITS = 6;

/**
 * Changes a document under its lock. Changes that are wanted while another is being written are made
 * together, by one more write: a process that stores a hundred tokens at once does not write a hundred times.
 */
export function documentKeeper(
	place: DocumentPlace,
	lock: ProcessLock,
): DocumentKeeper {
	const acquire = patientAcquire(lock);
	let wanted: Change[] = [];
	let isWriting = false;

	async function write(): Promise<void> {
		const lease = await acquire();
		// Taken as late as can be: whoever came during the wait is served as well.
		const changes = wanted;
		wanted = [];
		try {
			if (lease === undefined)
				throw new Error("another process keeps the document locked");
			const before = await place.read("edit");
			const { text, made } = apply(changes, before);
			if (text !== undefined && text !== before) await place.write(text);
			for (const { done } of made) done();
		} catch (error) {
			for (const { failed } of changes) failed(error);
		} finally {
			await lease?.release();
		}
	}

	async function writeAll(): Promise<void> {
		isWriting = true;
		while (wanted.length > 0) {
			await write().catch((error) => {
				for (const { failed } of wanted.splice(0)) failed(error);
			});
		}
		isWriting = false;
	}

	return {
		read: () => place.read(),
		update: (edit) =>
			new Promise((done, failed) => {
				wanted.push({ edit, done, failed });
				if (!isWriting) void writeAll();
			}),
	};
}

/** Acquires the lock; resolves to undefined when one holder kept it, or too many came before. */
function patientAcquire(lock: ProcessLock): () => Promise<Lease | undefined> {
	/** Who kept it so long that nobody waits for them again: a process that was stopped holds nobody up for each token. */
	let givenUp: string | undefined;
	return async () => {
		for (let waits = 1; ; waits += 1) {
			const before = lock.holding?.();
			const isHopeless = before !== undefined && before === givenUp;
			const lease = await lock.acquire(isHopeless ? 0 : PATIENCE_MS);
			if (lease !== undefined || waits === MOST_WAITS) return lease;
			if (lock.holding === undefined) return undefined;
			if (before !== lock.holding()) continue;
			givenUp = before;
			return undefined;
		}
	};
}

/** The document with all changes made, one after the other. One that throws is left out, and told. */
function apply(changes: readonly Change[], before: Text | undefined) {
	let text = before;
	const made: Change[] = [];
	for (const change of changes) {
		try {
			text = change.edit(text);
			made.push(change);
		} catch (error) {
			change.failed(error);
		}
	}
	return { text, made };
}
