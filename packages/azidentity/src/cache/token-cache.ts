import { steadyClockBeside } from "../foundation/steady-clock.ts";
import type { Account } from "../token.ts";
import type { CachedToken } from "./cached-token.ts";
import { type ChangeListener, Changes } from "./changes.ts";
import type { CacheParts, Clearing } from "./clear-cache.ts";
import { type ClientOwner, Holdings } from "./holding.ts";
import { MemoryBounds } from "./memory-bounds.ts";
import { type Owner, ownerKey } from "./owner.ts";
import { Partition } from "./partition.ts";
import type { TokenFilter } from "./token-filter.ts";
import type { TokenStore } from "./token-store.ts";

/** Somebody who signed in before. */
export type KnownAccount = Pick<Account, "homeAccountId" | "username">;

export interface TokenCacheOptions {
	/** How many owners' tokens are kept at most. Default 10,000. */
	maxPartitions?: number;
	/** How many bytes of tokens are kept at most. Default 64 MiB. */
	maxBytes?: number;
	/** Where documents outlive the process. Default: nowhere. */
	store?: TokenStore;
	/** The clock, in milliseconds since 1970. Default: the system's. */
	now?: () => number;
	/**
	 * A clock that nobody sets, in milliseconds since some moment: with it, a clock that was turned back makes no old token
	 * look young. Default: the system's beside the system's clock, else `now`.
	 */
	steady?: () => number;
}

/** More owners than one process serves between two expiries; beyond that, the oldest is asked for again. */
const MAX_PARTITIONS = 10_000;

/** Some 30,000 tokens of usual size. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The memory in front of token sources. It knows no protocol: it keeps what sources bring, apart for each
 * owner, and asks them as seldom as it can.
 *
 * @throws TypeError when a limit is no number, or negative.
 *
 * Each credential has one of its own unless `options.tokenCache` hands the same one to several.
 */
export class TokenCache {
	readonly #partitions = new Map<string, Partition>();
	readonly #parts: CacheParts;
	readonly #now: () => number;
	readonly #steady: () => number;
	readonly #changes = new Changes();

	constructor(options: TokenCacheOptions = {}) {
		const {
			maxPartitions = MAX_PARTITIONS,
			maxBytes = MAX_BYTES,
			store,
			now = Date.now,
			steady = steadyClockBeside(now),
		} = options;
		checkLimit("maxPartitions", maxPartitions);
		checkLimit("maxBytes", maxBytes);
		this.#now = now;
		this.#steady = steady;
		const partitions = this.#partitions;
		const bounds = new MemoryBounds(partitions, { maxPartitions, maxBytes });
		const holdings = new Holdings(bounds);
		const clearings = new Set<Clearing>();
		this.#parts = { partitions, bounds, holdings, store, clearings };
	}

	/**
	 * What belongs to one owner. Keep it only as long as it `isAttached`: a cache that is full lets go of
	 * partitions, and a later one takes the owner's place.
	 * @param isMemoryOnly Whether its tokens must not outlive the process, whatever store the cache has.
	 */
	partition(owner: Owner, cae: boolean, isMemoryOnly = false): Partition {
		const key = ownerKey(owner, cae);
		const known = this.#partitions.get(key);
		if (known !== undefined) return known;
		const { bounds, holdings, store } = this.#parts;
		const partition = new Partition({
			key,
			owner,
			cae,
			bounds,
			holdings,
			cache: this.#parts,
			changes: this.#changes,
			now: this.#now,
			steady: this.#steady,
			store: isMemoryOnly ? undefined : store,
		});
		this.#partitions.set(key, partition);
		bounds.enforce(this.#now());
		return partition;
	}

	/** The people who signed in to the client at this cloud, each once: from memory and from the store. */
	async accounts(client: ClientOwner): Promise<KnownAccount[]> {
		const { cacheAccounts } = await import("./cache-accounts.ts");
		return cacheAccounts(this.#parts, client);
	}

	/**
	 * What there is in memory and in the store: whose, for what, until when; never a token. What other programs keep in a
	 * shared store is there too.
	 * @throws what the store throws when it cannot be read.
	 */
	async list(): Promise<CachedToken[]> {
		const { listCache } = await import("./list-cache.ts");
		return listCache(this.#parts);
	}

	/**
	 * Removes tokens from memory and from the store: those that a filter means, or all. What is under way meanwhile reaches
	 * those who wait for it, and is remembered nowhere. With an account go its refresh tokens and its record, so that the
	 * person has to sign in again; with a tenant or scopes only access tokens go.
	 *
	 * A store that programs share is cleared for all of them: without a filter, of everything that is in it. Name a
	 * `clientId` to leave other programs theirs.
	 * @throws TypeError when the filter names nothing, or something that is missing. Nothing is removed then.
	 * @throws what the store throws when it cannot be changed. The memory is cleared all the same.
	 */
	async clear(filter?: TokenFilter): Promise<void> {
		// As it is now, whatever becomes of it while the rest is loaded.
		const asked = filter && { ...filter };
		if (Array.isArray(asked?.scopes)) asked.scopes = [...asked.scopes];
		const { clearCache } = await import("./clear-cache.ts");
		await clearCache(this.#parts, asked);
	}

	/**
	 * Calls `listener` when an access token comes into memory, is replaced there or goes; gives what ends that. It is called
	 * after what is being done is done; what it throws is logged and harms nobody.
	 * @throws TypeError when it is no function.
	 */
	onChange(listener: ChangeListener): () => void {
		return this.#changes.listen(listener);
	}
}

function checkLimit(name: string, limit: number): void {
	// Nothing is ever more than NaN: the memory would grow without bound.
	if (typeof limit === "number" && limit >= 0) return;
	throw new TypeError(
		`TokenCache: the option ${name} must be a number, 0 or more.`,
	);
}
