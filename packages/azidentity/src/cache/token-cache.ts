import type { Account } from "../token.ts";
import {
	type ClientOwner,
	Holdings,
	isPerson,
	isSamePerson,
} from "./holding.ts";
import type { Hearer } from "./invalidations.ts";
import { MemoryBounds } from "./memory-bounds.ts";
import { type Owner, ownerKey, ownerOfKey } from "./owner.ts";
import { Partition } from "./partition.ts";
import type { DocumentName, TokenStore } from "./token-store.ts";

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
	readonly #bounds: MemoryBounds;
	readonly #holdings: Holdings;
	readonly #now: () => number;
	readonly #store: TokenStore | undefined;
	readonly #hearer: Hearer = { hear: (name) => this.#forgetRevoked(name) };

	constructor(options: TokenCacheOptions = {}) {
		const {
			maxPartitions = MAX_PARTITIONS,
			maxBytes = MAX_BYTES,
			store,
			now = Date.now,
		} = options;
		checkLimit("maxPartitions", maxPartitions);
		checkLimit("maxBytes", maxBytes);
		this.#now = now;
		this.#store = store;
		this.#bounds = new MemoryBounds(this.#partitions, {
			maxPartitions,
			maxBytes,
		});
		this.#holdings = new Holdings(this.#bounds);
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
		const partition = new Partition({
			key,
			owner,
			cae,
			bounds: this.#bounds,
			holdings: this.#holdings,
			hearer: this.#hearer,
			now: this.#now,
			store: isMemoryOnly ? undefined : this.#store,
		});
		this.#partitions.set(key, partition);
		this.#bounds.enforce(this.#now());
		return partition;
	}

	/** The people who signed in to the client at this cloud, each once: from memory and from the store. */
	async accounts(client: ClientOwner): Promise<KnownAccount[]> {
		const known = new Map<string, KnownAccount>();
		for (const account of this.#holdings.accounts(client))
			known.set(account.homeAccountId, account);
		if (this.#store !== undefined) {
			const { storedAccounts } = await import("./stored-accounts.ts");
			for (const account of await storedAccounts(this.#store, client))
				if (!known.has(account.homeAccountId))
					known.set(account.homeAccountId, account);
		}
		return [...known.values()];
	}

	/**
	 * Drops what others have revoked, so that the next call reads the store. A person's goes for all tenants and both
	 * flavours, the refresh token too: who is signed out elsewhere must not be signed in again from here.
	 */
	#forgetRevoked({ owner }: DocumentName): void {
		const person = ownerOfKey(owner);
		const meant =
			person !== undefined && isPerson(person)
				? [...this.#partitions.values()].filter((partition) =>
						isSamePerson(partition.owner, person),
					)
				: [this.#partitions.get(owner)];
		for (const partition of meant)
			if (partition?.isStored) this.#bounds.expel(partition);
	}
}

function checkLimit(name: string, limit: number): void {
	// Nothing is ever more than NaN: the memory would grow without bound.
	if (typeof limit === "number" && limit >= 0) return;
	throw new TypeError(
		`TokenCache: the option ${name} must be a number, 0 or more.`,
	);
}
