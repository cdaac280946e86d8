import type { Reason } from "./changes.ts";
import type { Entry, EntryHome } from "./entry.ts";

/**
 * Keeps a cache within its bounds: what has expired goes first, then what was least recently acquired.
 * Reading a token moves nothing, so a hit costs nothing here.
 */
export class MemoryBounds {
	readonly #partitions: Map<string, EntryHome>;
	readonly #maxPartitions: number;
	readonly #maxBytes: number;
	/** In the order in which they were acquired. */
	readonly #entries = new Set<Entry>();
	#bytes = 0;
	/** No entry expires before this moment, so there is no use in looking for one. */
	#nextExpiry = Number.POSITIVE_INFINITY;

	constructor(
		partitions: Map<string, EntryHome>,
		limits: { maxPartitions: number; maxBytes: number },
	) {
		this.#partitions = partitions;
		this.#maxPartitions = limits.maxPartitions;
		this.#maxBytes = limits.maxBytes;
	}

	/** Counts an entry that is about to get a token, or another one. */
	admit(entry: Entry, change: () => void): void {
		if (this.#entries.delete(entry)) this.#bytes -= entry.bytes;
		change();
		this.#entries.add(entry);
		this.#bytes += entry.bytes;
		this.#nextExpiry = Math.min(
			this.#nextExpiry,
			entry.token.expiresOnTimestamp,
		);
		// The owner who was served last goes to the end of the queue.
		this.#partitions.delete(entry.home.key);
		this.#partitions.set(entry.home.key, entry.home);
	}

	/** Counts again what a change makes an entry, or what is held beside entries, weigh. */
	reweigh(weighed: { readonly bytes: number }, change: () => void): void {
		this.#bytes -= weighed.bytes;
		change();
		this.#bytes += weighed.bytes;
	}

	/** Lets go of entries and partitions until the bounds hold. */
	enforce(now: number): void {
		if (!this.#isExceeded() || this.#sweep(now)) return;
		for (const partition of this.#partitions.values()) {
			if (this.#partitions.size <= this.#maxPartitions) break;
			this.#dropPartition(partition, "evicted");
		}
		for (const entry of this.#entries) {
			if (this.#bytes <= this.#maxBytes) return;
			this.drop(entry, "evicted");
		}
		// Only refresh tokens are left. They go last: without one, a person is asked to sign in again.
		for (const partition of this.#partitions.values()) {
			if (this.#bytes <= this.#maxBytes) return;
			this.#dropPartition(partition, "evicted");
		}
	}

	/** Lets go of a partition that has been revoked, whoever is waiting there: nobody may join them. */
	expel(partition: EntryHome, reason: Reason): void {
		for (const entry of partition.entries()) {
			if (this.#entries.delete(entry)) this.#bytes -= entry.bytes;
		}
		partition.detach(reason);
		this.#partitions.delete(partition.key);
	}

	#isExceeded(): boolean {
		return (
			this.#partitions.size > this.#maxPartitions ||
			this.#bytes > this.#maxBytes
		);
	}

	/** Drops what has expired; whether that was enough. */
	#sweep(now: number): boolean {
		if (now < this.#nextExpiry) return false;
		this.#nextExpiry = Number.POSITIVE_INFINITY;
		for (const entry of this.#entries) {
			if (entry.isExpired(now)) this.drop(entry, "expired");
			else
				this.#nextExpiry = Math.min(
					this.#nextExpiry,
					entry.token.expiresOnTimestamp,
				);
		}
		return !this.#isExceeded();
	}

	/** Lets go of an entry, and of its partition when nothing is left there. */
	drop(entry: Entry, reason: Reason): void {
		this.#entries.delete(entry);
		this.#bytes -= entry.bytes;
		entry.home.forget(entry, reason);
		if (entry.home.isEmpty) this.#dropPartition(entry.home, reason);
	}

	#dropPartition(partition: EntryHome, reason: Reason): void {
		// Callers are waiting there: a second partition of the same owner would ask again for what they wait for.
		if (!partition.isBusy) this.expel(partition, reason);
	}
}
