import type { AccessToken } from "@azure/core-auth";
import { type Flight, Flights } from "../foundation/flight.ts";
import type { Grant, TokenSource } from "../token.ts";
import { acquire } from "./acquire.ts";
import type { Entry, EntryHome } from "./entry.ts";
import { heldOf } from "./holding.ts";
import { type Ask, heldFor, type Need, needOf } from "./need.ts";
import type { Owner } from "./owner.ts";
import { type PartitionParts, Remembered } from "./remembered.ts";

/** Flights are numbered in the order in which they set out, across all partitions. */
let lastFlight = 0;

/** All that belongs to one owner. */
export class Partition implements EntryHome {
	readonly key: string;
	readonly #parts: PartitionParts;
	readonly #now: () => number;
	/** Whether the cache still holds this partition; one that it let go remembers nothing more. */
	isAttached = true;
	readonly #remembered: Remembered;
	/** Those that are remembered: looked up here, because most calls need no more. */
	readonly #entries: ReadonlyMap<string, Entry>;
	readonly #flights = new Flights<AccessToken>();

	constructor(parts: PartitionParts) {
		this.key = parts.key;
		this.#parts = parts;
		this.#now = parts.now;
		this.#remembered = new Remembered(this, parts);
		this.#entries = this.#remembered.entries;
	}

	/** A token for what the caller asks: remembered, or got from `source`. Rejects with the source's error. */
	get(ask: Ask, source: TokenSource): Promise<AccessToken> {
		const now = this.#now();
		const entry = this.#entries.get(ask.written);
		if (
			entry === undefined ||
			ask.claims !== undefined ||
			now >= entry.usableUntil ||
			now <= entry.usableFrom
		)
			return this.#getAfterMiss(ask, source, now);
		if (now >= entry.refreshAfter) this.#refreshBehind(ask, source, now, entry);
		return entry.settled;
	}

	/** Remembers a grant this partition was not asked for: it was known only by the grant whose it is. */
	put(ask: Ask, grant: Grant): Promise<AccessToken> {
		const need = { ...needOf(ask, false), isGiven: true };
		// A flight of its own, under a key that no need has: joining another would lose the grant.
		return this.#flights
			.find(`\n${lastFlight + 1}`, (signal, flight) =>
				this.#fly(need, async () => grant, signal, flight),
			)
			.join(undefined);
	}

	get owner(): Owner {
		return this.#parts.owner;
	}

	/** Whether what is remembered here outlives the process. */
	get isStored(): boolean {
		return this.#parts.store !== undefined;
	}

	get isBusy(): boolean {
		return !this.#flights.isEmpty;
	}

	get isEmpty(): boolean {
		return this.#remembered.isEmpty;
	}

	entries(): Iterable<Entry> {
		return this.#entries.values();
	}

	forget(entry: Entry): void {
		this.#remembered.forget(entry);
	}

	detach(): void {
		this.isAttached = false;
		this.#remembered.forgetAll();
	}

	#getAfterMiss(
		ask: Ask,
		source: TokenSource,
		now: number,
	): Promise<AccessToken> {
		let need: Need;
		try {
			need = needOf(ask, false);
		} catch (error) {
			return Promise.reject(error);
		}
		const entry = this.#entries.get(need.key);
		if (entry !== undefined && ask.claims === undefined) {
			this.#remembered.learn(ask.written, entry);
			if (entry.isUsable(now) || entry.isPaused(now)) {
				if (entry.isDue(now)) this.#refreshBehind(ask, source, now, entry);
				return entry.settled;
			}
		}
		const refusal = this.#remembered.refusal(need, now);
		if (refusal !== undefined) return Promise.reject(refusal.error);
		return this.#flightFor(need, source).join(ask.abortSignal);
	}

	#refreshBehind(
		ask: Ask,
		source: TokenSource,
		now: number,
		entry: Entry,
	): void {
		if (entry.isPaused(now)) return;
		const need = needOf(ask, true);
		// Joined without a signal: callers come and go, the refresh goes on. Its failure is dealt with on board.
		this.#flightFor(need, source)
			.join(undefined)
			.catch(() => {});
	}

	#flightFor(need: Need, source: TokenSource): Flight<AccessToken> {
		return this.#flights.find(need.flightKey, (signal, flight) =>
			this.#fly(need, source, signal, flight),
		);
	}

	async #fly(
		need: Need,
		source: TokenSource,
		signal: AbortSignal,
		flight: Flight<AccessToken>,
	): Promise<AccessToken> {
		try {
			lastFlight += 1;
			const isRevoked = () => flight.isDisowned || !this.isAttached;
			const arrival = { number: lastFlight, isRevoked };
			return await acquire({
				...this.#parts,
				need,
				source,
				abortSignal: signal,
				held: heldFor(need, heldOf(this.#parts), this.#entries),
				isRevoked,
				keep: (grant, setOut) =>
					this.#remembered.keep(need, grant, arrival, setOut),
				isCovered: () =>
					this.#entries.get(need.key)?.isUsable(this.#now()) === true,
				recall: (found) => this.#remembered.recall(need, found, arrival),
			});
		} catch (error) {
			if (signal.aborted) throw error;
			return this.#remembered.standIn(need, error);
		}
	}
}
