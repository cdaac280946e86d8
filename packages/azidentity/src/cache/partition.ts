import type { AccessToken } from "@azure/core-auth";
import { type Flight, Flights } from "../foundation/flight.ts";
import type { Grant, TokenSource } from "../token.ts";
import { acquire } from "./acquire.ts";
import type { RememberedBy } from "./cached-token.ts";
import type { Reason } from "./changes.ts";
import type { Entry, EntryHome } from "./entry.ts";
import { heldOf } from "./holding.ts";
import { tellHit, tellJoin, tellMiss } from "./measured-calls.ts";
import { type Land, takeOff } from "./measured-flight.ts";
import { metrics } from "./metrics.ts";
import { type Ask, heldFor, type Need, needOf } from "./need.ts";
import type { Owner } from "./owner.ts";
import { type PartitionParts, Remembered } from "./remembered.ts";

/** Looked at by each hit. */
const { hit } = metrics;

/** Flights are numbered in the order in which they set out, across all partitions. */
let lastFlight = 0;

/** All that belongs to one owner. */
export class Partition implements EntryHome {
	readonly key: string;
	readonly #parts: PartitionParts;
	readonly #now: () => number;
	readonly steady: () => number;
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
		this.steady = parts.steady;
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
			now <= entry.usableFrom ||
			this.steady() + entry.ahead >= entry.usableUntil
		)
			return this.#getAfterMiss(ask, source, now);
		const isDue = now >= entry.refreshAfter;
		if (isDue) this.#refreshBehind(ask, source, now, entry);
		if (hit.hasSubscribers) tellHit(this.#parts, ask, isDue);
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

	get cae(): boolean {
		return this.#parts.cae;
	}

	/** Whose it is, as far as is known by now. */
	get whose(): RememberedBy {
		return this.#remembered.whose;
	}

	/** Remembers nothing of what is under way and meant, by the key of its flight: it reaches those who wait for it. */
	disown(isMeant: (flightKey: string) => boolean): void {
		this.#flights.disown(isMeant);
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

	forget(entry: Entry, reason: Reason): void {
		this.#remembered.forget(entry, reason);
	}

	detach(reason: Reason): void {
		this.isAttached = false;
		this.#remembered.forgetAll(reason);
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
				const isDue = entry.isDue(now);
				if (isDue) this.#refreshBehind(ask, source, now, entry);
				if (hit.hasSubscribers) tellHit(this.#parts, ask, isDue);
				return entry.settled;
			}
		}
		const refusal = this.#remembered.refusal(need, now);
		tellMiss(this.#parts, ask, refusal ? "refused" : { entry, now });
		if (refusal !== undefined) return Promise.reject(refusal.error);
		if (this.#flights.has(need.flightKey)) tellJoin(this.#parts, ask);
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
		const land = takeOff(this.#parts, need);
		let outcome: "granted" | "found" = "granted";
		try {
			lastFlight += 1;
			const isRevoked = () => flight.isDisowned || !this.isAttached;
			if (this.#isBeingCleared(need)) flight.isDisowned = true;
			const arrival = { number: lastFlight, isRevoked };
			const token = await acquire({
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
				recall: (found) => {
					const recalled = this.#remembered.recall(need, found, arrival);
					if (recalled !== undefined) outcome = "found";
					return recalled;
				},
			});
			land(outcome);
			return token;
		} catch (error) {
			if (signal.aborted) {
				land("left", error);
				throw error;
			}
			return this.#standIn(need, error, land);
		}
	}

	#standIn(need: Need, error: unknown, land: Land): AccessToken {
		try {
			const token = this.#remembered.standIn(need, error);
			land("kept", error);
			return token;
		} catch (failure) {
			land("failed", failure);
			throw failure;
		}
	}

	/** Whether what a flight brings that sets out now would have to be dropped again at once. */
	#isBeingCleared({ key }: Need): boolean {
		const { clearings } = this.#parts.cache;
		return [...clearings].some((isMeant) => isMeant(this, key));
	}
}
