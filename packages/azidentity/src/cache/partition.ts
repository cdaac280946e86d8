import type { AccessToken } from "@azure/core-auth";
import { type Flight, Flights } from "../foundation/flight.ts";
import { log } from "../foundation/log.ts";
import { reasonOf } from "../foundation/reason.ts";
import type { Grant, TokenSource } from "../token.ts";
import { acquire } from "./acquire.ts";
import type { FoundToken } from "./document.ts";
import { Entry, type EntryHome } from "./entry.ts";
import { type Holding, type Holdings, heldOf } from "./holding.ts";
import type { MemoryBounds } from "./memory-bounds.ts";
import { type Ask, heldFor, type Need, needOf } from "./need.ts";
import { NotBefore } from "./not-before.ts";
import type { Owner } from "./owner.ts";
import { failureOf } from "./source-failure.ts";
import type { TokenStore } from "./token-store.ts";

/** How long a failed refresh waits before it is tried again, while there is a token to hand out. */
const PAUSE_MS = 30_000;

/** So many ways of writing one list of scopes are learned; further ones are normalised at each call. */
const MAX_SPELLINGS = 16;

/** Flights are numbered in the order in which they set out, across all partitions. */
let lastFlight = 0;

interface PartitionParts {
	readonly key: string;
	readonly owner: Owner;
	readonly cae: boolean;
	readonly bounds: MemoryBounds;
	readonly holdings: Holdings;
	readonly now: () => number;
	readonly store: TokenStore | undefined;
}

/** All that belongs to one owner. */
export class Partition implements EntryHome {
	readonly key: string;
	readonly #parts: PartitionParts;
	readonly #now: () => number;
	/** Whether the cache still holds this partition; one that it let go remembers nothing more. */
	isAttached = true;
	/** Under the canonical form of the scopes, and under each spelling that was learned. */
	readonly #entries = new Map<string, Entry>();
	readonly #flights = new Flights<AccessToken>();
	#notBefore: NotBefore | undefined;
	/** What this partition has brought, and others of the same person may have. */
	#holding: Holding | undefined;

	constructor(parts: PartitionParts) {
		this.key = parts.key;
		this.#parts = parts;
		this.#now = parts.now;
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
			.find(`\n${lastFlight + 1}`, (signal) =>
				this.#fly(need, async () => grant, signal),
			)
			.join(undefined);
	}

	get isBusy(): boolean {
		return !this.#flights.isEmpty;
	}

	get isEmpty(): boolean {
		return this.#entries.size === 0 && !this.#holding?.refreshToken;
	}

	entries(): Iterable<Entry> {
		return this.#entries.values();
	}

	forget(entry: Entry): void {
		this.#entries.delete(entry.key);
		for (const spelling of entry.spellings) this.#entries.delete(spelling);
	}

	detach(): void {
		this.isAttached = false;
		this.#entries.clear();
		if (this.#holding !== undefined) this.#parts.holdings.close(this.#holding);
		this.#holding = undefined;
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
			this.#learn(ask.written, entry);
			if (entry.isUsable(now) || entry.isPaused(now)) {
				if (entry.isDue(now)) this.#refreshBehind(ask, source, now, entry);
				return entry.settled;
			}
		}
		const refusal = this.#notBefore?.get(need.flightKey, now);
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
		return this.#flights.find(need.flightKey, (signal) =>
			this.#fly(need, source, signal),
		);
	}

	async #fly(
		need: Need,
		source: TokenSource,
		signal: AbortSignal,
	): Promise<AccessToken> {
		try {
			lastFlight += 1;
			const flight = lastFlight;
			return await acquire({
				...this.#parts,
				need,
				source,
				abortSignal: signal,
				held: heldFor(need, heldOf(this.#parts), this.#entries),
				keep: (grant, setOut) => this.#keep(need, grant, flight, setOut),
				isCovered: () =>
					this.#entries.get(need.key)?.isUsable(this.#now()) === true,
				recall: (found) => this.#recall(need, found, flight),
			});
		} catch (error) {
			if (signal.aborted) throw error;
			return this.#standIn(need, error);
		}
	}

	/** What to hand out when the source failed: the token that is there while it lives, else the failure. */
	#standIn(need: Need, error: unknown): AccessToken {
		const now = this.#now();
		const { isOutage = false, notBefore = 0 } = failureOf(error);
		if (notBefore > now) {
			this.#notBefore ??= new NotBefore();
			this.#notBefore.set(need.flightKey, error, now, notBefore);
		}
		const entry = this.#entries.get(need.key);
		if (entry === undefined || need.ask.claims !== undefined) throw error;
		entry.pause(Math.max(now + PAUSE_MS, notBefore), isOutage);
		if (!entry.isAlive(now, isOutage)) throw error;
		if (need.isBehind) {
			log.verbose(
				`refresh behind the caller failed, keeping the token: ${reasonOf(error)}`,
			);
		} else {
			log.warning(
				`no new token to be had, handing out the last one: ${reasonOf(error)}`,
			);
		}
		return entry.token;
	}

	/** Remembers what a flight brought, unless one that set out later was faster. Gives the token for those who joined it. */
	#keep(need: Need, grant: Grant, flight: number, setOut: number): AccessToken {
		if (!this.isAttached) return grant.token;
		this.#holding = this.#parts.holdings.hold(
			this.#parts,
			this.#holding,
			grant,
			flight,
		);
		const known = this.#entries.get(need.key);
		if (known !== undefined && known.flight > flight) {
			// Claims are answered by this very grant; without any, the newer token is the better one.
			return need.ask.claims === undefined ? known.token : grant.token;
		}
		const entry = known ?? new Entry(this, need.key);
		this.#parts.bounds.admit(entry, () => entry.keep(grant, flight, setOut));
		this.#entries.set(need.key, entry);
		this.#learn(need.ask.written, entry);
		this.#parts.bounds.enforce(this.#now());
		return grant.token;
	}

	/**
	 * Remembers a token that the document had, if it is newer than the one remembered.
	 * Gives it when it serves, so that the source need not be asked.
	 */
	#recall(
		need: Need,
		found: FoundToken,
		flight: number,
	): AccessToken | undefined {
		const known = this.#entries.get(need.key);
		const { token, cachedAt } = found;
		if (
			known === undefined ||
			token.expiresOnTimestamp > known.token.expiresOnTimestamp
		)
			this.#keep(need, found, flight, cachedAt);
		const entry = this.#entries.get(need.key);
		const now = this.#now();
		if (entry === undefined || !entry.isUsable(now)) return undefined;
		return need.isBehind && entry.isDue(now) ? undefined : entry.token;
	}

	#learn(written: string, entry: Entry): void {
		if (this.#entries.has(written)) return;
		if (entry.spellings.length >= MAX_SPELLINGS) return;
		this.#entries.set(written, entry);
		this.#parts.bounds.reweigh(entry, () => {
			entry.spellings = [...entry.spellings, written];
		});
	}
}
