import type { AccessToken } from "@azure/core-auth";
import { log } from "../foundation/log.ts";
import { reasonOf } from "../foundation/reason.ts";
import type { Grant } from "../token.ts";
import { type RememberedBy, rememberedToken } from "./cached-token.ts";
import type { Changes, Reason } from "./changes.ts";
import type { CacheParts } from "./clear-cache.ts";
import type { FoundToken } from "./document.ts";
import { Entry, type EntryHome } from "./entry.ts";
import type { Holding, Holdings } from "./holding.ts";
import type { MemoryBounds } from "./memory-bounds.ts";
import { measuredNeed, metrics } from "./metrics.ts";
import type { Need } from "./need.ts";
import { NotBefore } from "./not-before.ts";
import type { Owner } from "./owner.ts";
import { failureOf } from "./source-failure.ts";
import type { TokenStore } from "./token-store.ts";

/** How long a failed refresh waits before it is tried again, while there is a token to hand out. */
const PAUSE_MS = 30_000;

/** So many ways of writing one list of scopes are learned; further ones are normalised at each call. */
const MAX_SPELLINGS = 16;

/** Whose a partition is, and what it shares with the others of its cache. */
export interface PartitionParts {
	readonly key: string;
	readonly owner: Owner;
	readonly cae: boolean;
	readonly bounds: MemoryBounds;
	readonly holdings: Holdings;
	readonly cache: CacheParts;
	readonly changes: Changes;
	readonly now: () => number;
	readonly steady: () => number;
	readonly store: TokenStore | undefined;
}

/** One flight, as its answer is judged by. */
export interface Arrival {
	/** Flights are numbered in the order in which they set out, across all partitions. */
	readonly number: number;
	/** Whether what it brings was revoked since it set out. */
	readonly isRevoked: () => boolean;
}

/** What a partition remembers: tokens, what was left beside them, and when not to ask. */
export class Remembered {
	/** Under the canonical form of the scopes, and under each spelling that was learned. */
	readonly entries = new Map<string, Entry>();
	readonly #home: EntryHome;
	readonly #parts: PartitionParts;
	#notBefore: NotBefore | undefined;
	/** What this partition has brought, and others of the same person may have. */
	#holding: Holding | undefined;

	constructor(home: EntryHome, parts: PartitionParts) {
		this.#home = home;
		this.#parts = parts;
	}

	get isEmpty(): boolean {
		return this.entries.size === 0 && !this.#holding?.refreshToken;
	}

	/** The error that still stands because the service does not want to be asked yet. */
	refusal({ flightKey }: Need, now: number): { error: unknown } | undefined {
		return this.#notBefore?.get(flightKey, now);
	}

	/** Remembers what a flight brought, unless one that set out later was faster. Gives the token for those who joined it. */
	keep(
		need: Need,
		grant: Grant,
		{ number, isRevoked }: Arrival,
		setOut: number,
	): AccessToken {
		if (isRevoked()) return grant.token;
		this.#holding = this.#parts.holdings.hold(
			this.#parts,
			this.#holding,
			grant,
			number,
		);
		const known = this.entries.get(need.key);
		if (known !== undefined && known.flight > number) {
			// Claims are answered by this very grant; without any, the newer token is the better one.
			return need.ask.claims === undefined ? known.token : grant.token;
		}
		const entry = known ?? new Entry(this.#home, need.key);
		const now = this.#parts.now();
		this.#parts.bounds.admit(entry, () =>
			entry.keep(grant, number, setOut, now),
		);
		this.entries.set(need.key, entry);
		this.learn(need.ask.written, entry);
		const { changes } = this.#parts;
		if (changes.areHeard)
			changes.tell({
				what: known === undefined ? "added" : "replaced",
				token: rememberedToken(this.whose, entry),
			});
		this.#parts.bounds.enforce(now);
		return grant.token;
	}

	/**
	 * Remembers a token that the document had, if it is newer than the one remembered.
	 * Gives it when it serves, so that the source need not be asked.
	 */
	recall(
		need: Need,
		found: FoundToken,
		arrival: Arrival,
	): AccessToken | undefined {
		const known = this.entries.get(need.key);
		const { token, cachedAt } = found;
		if (
			known === undefined ||
			token.expiresOnTimestamp > known.token.expiresOnTimestamp
		)
			this.keep(need, found, arrival, cachedAt);
		const entry = this.entries.get(need.key);
		const now = this.#parts.now();
		if (entry === undefined || !entry.isUsable(now)) return undefined;
		return need.isBehind && entry.isDue(now) ? undefined : entry.token;
	}

	/** What to hand out when the source failed: the token that is there while it lives, else the failure. */
	standIn(need: Need, error: unknown): AccessToken {
		const now = this.#parts.now();
		const { isOutage = false, notBefore = 0 } = failureOf(error);
		if (notBefore > now) {
			this.#notBefore ??= new NotBefore();
			this.#notBefore.set(need.flightKey, error, now, notBefore);
		}
		const entry = this.entries.get(need.key);
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

	learn(written: string, entry: Entry): void {
		if (this.entries.has(written)) return;
		if (entry.spellings.length >= MAX_SPELLINGS) return;
		this.entries.set(written, entry);
		this.#parts.bounds.reweigh(entry, () => {
			entry.spellings = [...entry.spellings, written];
		});
	}

	/** Whose it is, as far as is known by now. */
	get whose(): RememberedBy {
		const { cae, holdings, owner } = this.#parts;
		const { homeAccountId } = owner;
		const account =
			holdings.find(owner, cae)?.knownAccount ??
			(homeAccountId === undefined
				? undefined
				: { homeAccountId, username: "" });
		return { owner, cae, account };
	}

	forget(entry: Entry, reason: Reason): void {
		this.entries.delete(entry.key);
		for (const spelling of entry.spellings) this.entries.delete(spelling);
		this.#tellGone(entry, reason);
	}

	forgetAll(reason: Reason): void {
		const gone = new Set(this.entries.values());
		this.entries.clear();
		for (const entry of gone) this.#tellGone(entry, reason);
		if (this.#holding !== undefined) this.#parts.holdings.close(this.#holding);
		this.#holding = undefined;
	}

	#tellGone(entry: Entry, reason: Reason): void {
		const { changes } = this.#parts;
		if (changes.areHeard)
			changes.tellGone(rememberedToken(this.whose, entry), reason);
		if (metrics.remove.hasSubscribers)
			metrics.remove.publish({
				...measuredNeed(this.#parts, entry.key),
				reason,
			});
	}
}
