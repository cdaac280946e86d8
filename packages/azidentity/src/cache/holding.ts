import type { Account, Grant, Held } from "../token.ts";
import type { MemoryBounds } from "./memory-bounds.ts";
import { type Owner, ownerKey } from "./owner.ts";
import type { KnownAccount } from "./token-cache.ts";

/**
 * What is held of an owner beside its tokens. A person's is one for all tenants and both flavours: a refresh
 * token is good for them all.
 */
export class Holding {
	readonly key: string;
	readonly owner: Owner;
	account: Account | undefined;
	refreshToken: string | undefined;
	/** How many partitions have brought something. */
	users = 0;
	#homeAccountId: string | undefined;
	#flight = 0;

	constructor(key: string, owner: Owner) {
		this.key = key;
		this.owner = owner;
	}

	get bytes(): number {
		return this.refreshToken?.length ?? 0;
	}

	get held(): Held {
		const { refreshToken } = this;
		return {
			...(refreshToken !== undefined && { refreshToken }),
			...(this.#homeAccountId !== undefined && {
				homeAccountId: this.#homeAccountId,
			}),
		};
	}

	/** Whose it is, with an empty name when that is not known. */
	get knownAccount(): KnownAccount | undefined {
		const homeAccountId = this.owner.homeAccountId ?? this.#homeAccountId;
		if (homeAccountId === undefined) return undefined;
		return { homeAccountId, username: this.account?.username ?? "" };
	}

	/** Takes over what a grant left, unless a flight that set out later was faster. */
	hold({ account, homeAccountId, refreshToken }: Grant, flight: number): void {
		if (flight < this.#flight) return;
		this.#flight = flight;
		this.refreshToken = refreshToken ?? this.refreshToken;
		this.#homeAccountId = homeAccountId ?? this.#homeAccountId;
		this.account = account ?? this.account;
	}
}

/** What is held in one cache. */
export class Holdings {
	readonly #byKey = new Map<string, Holding>();
	readonly #bounds: MemoryBounds;

	constructor(bounds: MemoryBounds) {
		this.#bounds = bounds;
	}

	all(): Iterable<Holding> {
		return this.#byKey.values();
	}

	/** What is held of the owner of such tokens, whichever partition brought it. */
	find(owner: Owner, cae: boolean): Holding | undefined {
		return this.#byKey.get(holdingKey(owner, cae));
	}

	/**
	 * Takes over what a grant left for the owner of a partition, which gives back what it is handed by
	 * {@link close}.
	 * @param known What the partition was handed before.
	 */
	hold(
		{ cae, owner }: { readonly cae: boolean; readonly owner: Owner },
		known: Holding | undefined,
		grant: Grant,
		flight: number,
	): Holding | undefined {
		if (grant.refreshToken === undefined && grant.homeAccountId === undefined)
			return known;
		const holding = known ?? this.#open(holdingKey(owner, cae), owner);
		this.#bounds.reweigh(holding, () => holding.hold(grant, flight));
		return holding;
	}

	/** The last partition that leaves takes the holding with it. */
	close(holding: Holding): void {
		holding.users -= 1;
		if (holding.users > 0) return;
		this.#byKey.delete(holding.key);
		this.drop(holding);
	}

	/** Forgets the refresh token; with `only`, if it is that one. */
	drop(holding: Holding, only = holding.refreshToken): void {
		if (holding.refreshToken !== only) return;
		this.#bounds.reweigh(holding, () => {
			holding.refreshToken = undefined;
		});
	}

	#open(key: string, owner: Owner): Holding {
		const holding = this.#byKey.get(key) ?? new Holding(key, owner);
		this.#byKey.set(key, holding);
		holding.users += 1;
		return holding;
	}
}

/** What a source is told of an owner, and how it says that a refresh token is of no use any more. */
export function heldOf(parts: {
	readonly owner: Owner;
	readonly cae: boolean;
	readonly holdings: Holdings;
}): Held {
	const { cae, holdings, owner } = parts;
	const held = holdings.find(owner, cae)?.held;
	const { assertionHash, homeAccountId } = owner;
	if (homeAccountId === undefined && assertionHash === undefined)
		return held ?? {};
	return {
		...held,
		...(homeAccountId !== undefined && { homeAccountId }),
		drop: async (refreshToken) => {
			const holding = holdings.find(owner, cae);
			if (holding !== undefined) holdings.drop(holding, refreshToken);
		},
	};
}

/** A client at a cloud, whoever signs in to it. */
export type ClientOwner = Pick<Owner, "clientId" | "environment">;

/** Whether the owner is a person who signed in, and not an app or the bearer of an assertion. */
export function isPerson(owner: Owner): boolean {
	return owner.homeAccountId !== undefined && owner.assertionHash === undefined;
}

/** Whether both are one person, signed in to one client at one cloud. */
export function isSamePerson(one: Owner, other: Owner): boolean {
	return (
		one.homeAccountId === other.homeAccountId &&
		holdingKey(one, false) === holdingKey(other, false)
	);
}

function holdingKey(owner: Owner, cae: boolean): string {
	return isPerson(owner)
		? ownerKey({ ...owner, tenantId: "" }, false)
		: ownerKey(owner, cae);
}
