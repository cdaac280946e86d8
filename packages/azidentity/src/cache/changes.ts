import { log } from "../foundation/log.ts";
import type { CachedToken } from "./cached-token.ts";

/** Why a token is no longer remembered. */
export type Reason = "expired" | "evicted" | "cleared" | "invalidated";

/** What happened to a token in the memory of a cache. */
export interface CacheChange {
	/** "invalidated": another process, or another cache on the store, has said that it was revoked. */
	readonly what: "added" | "replaced" | "removed" | "invalidated";
	/** Why it was removed: it had expired, made room for others, or was cleared. */
	readonly reason?: "expired" | "evicted" | "cleared";
	/** The token as it is now, or was last. */
	readonly token: CachedToken;
}

export type ChangeListener = (change: CacheChange) => void;

/** Those who want to know what changes in one cache. */
export class Changes {
	readonly #listeners = new Set<{ readonly listener: ChangeListener }>();

	/** Whether anybody wants to know: else nothing needs to be made up for them. */
	get areHeard(): boolean {
		return this.#listeners.size > 0;
	}

	/** @throws TypeError when it is no function. */
	listen(listener: ChangeListener): () => void {
		if (typeof listener !== "function")
			throw new TypeError("TokenCache: onChange takes a function.");
		// The same function twice is two listeners, and each ends by its own.
		const seat = { listener };
		this.#listeners.add(seat);
		return () => {
			this.#listeners.delete(seat);
		};
	}

	/** Tells all, after what is being done is done: a listener may use the cache. */
	tell(change: CacheChange): void {
		for (const { listener } of this.#listeners)
			queueMicrotask(() => report(listener, change));
	}

	tellGone(token: CachedToken, reason: Reason): void {
		this.tell(
			reason === "invalidated"
				? { what: reason, token }
				: { what: "removed", reason, token },
		);
	}
}

/** What a listener does wrong is its own: nobody who asked for a token hears of it. */
async function report(
	listener: ChangeListener,
	change: CacheChange,
): Promise<void> {
	try {
		await listener(change);
	} catch (error) {
		const name = error instanceof Error ? error.name : "no error";
		log.warning(`a listener of onChange failed: ${name}`);
	}
}
