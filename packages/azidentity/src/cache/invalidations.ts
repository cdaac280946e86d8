import { log } from "../foundation/log.ts";
import type { DocumentName, TokenStore } from "./token-store.ts";

/** Somebody who must not go on with what was revoked: a cache. */
export interface Hearer {
	/** Something of the document's owner was revoked elsewhere. */
	hear(name: DocumentName): void;
}

/**
 * What the caches on one store tell each other of revocations, and other processes if the store can.
 *
 * Caches are held weakly: one that nobody uses any more is collected, and when it was the last one, the store is
 * listened to no longer.
 */
export class Invalidations {
	readonly #store: TokenStore;
	readonly #hearers = new Set<WeakRef<Hearer>>();
	readonly #known = new WeakSet<Hearer>();
	readonly #first: Hearer;
	#stop: (() => void) | undefined;

	/** @param first Hears of everything, before the caches do. */
	constructor(store: TokenStore, first: Hearer) {
		this.#store = store;
		this.#first = first;
	}

	/** Has a cache hear what others announce, for as long as it lives. Harmless when repeated. */
	attend(hearer: Hearer): void {
		if (this.#known.has(hearer)) return;
		this.#known.add(hearer);
		const seat = new WeakRef(hearer);
		this.#hearers.add(seat);
		departures.register(hearer, () => this.#leave(seat));
		if (this.#stop !== undefined) return;
		try {
			this.#stop = this.#store.invalidation?.listen((name) =>
				this.#spread(name),
			);
		} catch (error) {
			log.warning(`token store cannot be listened to: ${error}`);
		}
	}

	/** Tells everybody but `by`. Never rejects: who cannot be told hears of it from the resource. */
	async announce(name: DocumentName, by: Hearer): Promise<void> {
		this.#spread(name, by);
		try {
			await this.#store.invalidation?.announce(name);
		} catch (error) {
			log.warning(
				`other processes could not be told that tokens were revoked: ${error}`,
			);
		}
	}

	/** What comes from a store comes from outside: it may be anything, and must do no harm there. */
	#spread(name: DocumentName, by?: Hearer): void {
		if (typeof name?.owner !== "string") return;
		this.#first.hear(name);
		for (const seat of this.#hearers) {
			const hearer = seat.deref();
			if (hearer !== by) hearer?.hear(name);
		}
	}

	#leave(seat: WeakRef<Hearer>): void {
		this.#hearers.delete(seat);
		if (this.#hearers.size > 0) return;
		this.#stop?.();
		this.#stop = undefined;
	}
}

/** Runs what is to be done when a cache has been collected. */
const departures = new FinalizationRegistry<() => void>((leave) => leave());
