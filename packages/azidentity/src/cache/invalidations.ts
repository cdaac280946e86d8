import { log } from "../foundation/log.ts";
import type { CacheParts } from "./clear-cache.ts";
import { forgetRevoked } from "./forget-revoked.ts";
import type { DocumentName, TokenStore } from "./token-store.ts";

/**
 * What the caches on one store tell each other of revocations, and other processes if the store can.
 *
 * Caches are held weakly: one that nobody uses any more is collected, and when it was the last one, the store is
 * listened to no longer.
 */
export class Invalidations {
	readonly #store: TokenStore;
	readonly #caches = new Set<WeakRef<CacheParts>>();
	readonly #known = new WeakSet<CacheParts>();
	readonly #first: (name: DocumentName) => void;
	#stop: (() => void) | undefined;

	/** @param first Hears of everything, before the caches do. */
	constructor(store: TokenStore, first: (name: DocumentName) => void) {
		this.#store = store;
		this.#first = first;
	}

	/** Has a cache hear what others announce, for as long as it lives. Harmless when repeated. */
	attend(cache: CacheParts): void {
		if (this.#known.has(cache)) return;
		this.#known.add(cache);
		const seat = new WeakRef(cache);
		this.#caches.add(seat);
		departures.register(cache, () => this.#leave(seat));
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
	async announce(name: DocumentName, by: CacheParts): Promise<void> {
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
	#spread(name: DocumentName, by?: CacheParts): void {
		if (typeof name?.owner !== "string") return;
		this.#first(name);
		for (const seat of this.#caches) {
			const cache = seat.deref();
			if (cache !== undefined && cache !== by) forgetRevoked(cache, name);
		}
	}

	#leave(seat: WeakRef<CacheParts>): void {
		this.#caches.delete(seat);
		if (this.#caches.size > 0) return;
		this.#stop?.();
		this.#stop = undefined;
	}
}

/** Runs what is to be done when a cache has been collected. */
const departures = new FinalizationRegistry<() => void>((leave) => leave());
