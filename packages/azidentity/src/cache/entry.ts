import type { AccessToken } from "@azure/core-auth";
import type { Grant } from "../token.ts";
import type { Reason } from "./changes.ts";

/** Tokens this close to expiry are not handed out: a caller may queue a request for minutes. */
const EXPIRY_MARGIN_MS = 5 * 60_000;

/** The margin of a token that lives so long: one longer than half a short life would leave nothing to hand out. */
export function marginOf(lifetime: number): number {
	return lifetime > 2 * EXPIRY_MARGIN_MS ? EXPIRY_MARGIN_MS : lifetime / 2;
}

/** What an entry weighs beside the texts of its token and its keys, as measured with `npm run bench`. */
const ENTRY_BYTES = 600;

/** Most entries are asked for in one way only. */
const NONE: readonly string[] = [];

/** What an entry belongs to, and what the bounds of the memory need to know of it. */
export interface EntryHome {
	readonly key: string;
	/** A clock that nobody sets, in milliseconds since some moment. */
	readonly steady: () => number;
	/** Whether somebody is waiting for an answer. */
	readonly isBusy: boolean;
	/** Whether there is nothing left that could spare a request. */
	readonly isEmpty: boolean;
	entries(): Iterable<Entry>;
	forget(entry: Entry, reason: Reason): void;
	/** The memory lets go: nothing is remembered there from now on. */
	detach(reason: Reason): void;
}

/** A remembered token: fresh, then due, then within its margin, then expired. */
export class Entry {
	readonly home: EntryHome;
	/** The scopes in canonical form. */
	readonly key: string;
	/** Other texts by which callers asked for the same scopes. */
	spellings: readonly string[] = NONE;

	/** The remembered token as a promise that is already resolved: what a hit returns. */
	settled!: Promise<AccessToken>;
	token!: AccessToken;
	/** When the request for it set out, or the store got it, in milliseconds since 1970. */
	cachedAt = 0;
	/** The number of the flight that brought the token. */
	flight = 0;
	#pausedUntil = 0;
	#pausedByOutage = false;
	/** Until then, the token may be handed out without asking anyone. */
	usableUntil = 0;
	/**
	 * From then on. A clock that was turned back makes a token look younger than it is: by less than the
	 * margin that does no harm; by more, nobody knows when it expires.
	 */
	usableFrom = 0;
	/**
	 * How far the clock was ahead of the steady one when the token came. A clock that is turned back later leaves the
	 * steady one as it is, which does not run while the machine sleeps: the token ends when either says so.
	 */
	ahead = 0;
	/** From then on, it is time to replace the token behind the caller's back. */
	refreshAfter = 0;
	#extendedExpiresOn = 0;

	constructor(home: EntryHome, key: string) {
		this.home = home;
		this.key = key;
	}

	/** Takes over the token of a grant whose request set out at `setOut`. */
	keep(grant: Grant, flight: number, setOut: number, now: number): void {
		const { token, extendedExpiresOn = 0 } = grant;
		const lifetime = token.expiresOnTimestamp - setOut;
		this.token = token;
		this.settled = Promise.resolve(token);
		this.cachedAt = setOut;
		this.ahead = now - this.home.steady();
		this.flight = flight;
		this.#pausedUntil = 0;
		const margin = marginOf(lifetime);
		this.usableUntil = token.expiresOnTimestamp - margin;
		this.usableFrom = setOut - margin;
		this.refreshAfter = token.refreshAfterTimestamp ?? Number.POSITIVE_INFINITY;
		this.#extendedExpiresOn = extendedExpiresOn;
	}

	/** Whether the token may be handed out without asking anyone. */
	isUsable(now: number): boolean {
		return this.#isBefore(this.usableUntil, now) && now > this.usableFrom;
	}

	/** Whether it is time to replace the token behind the caller's back. */
	isDue(now: number): boolean {
		return now >= this.refreshAfter;
	}

	/** Whether the token, margin or not, is still good when there is no better one to be had. */
	isAlive(now: number, isOutage: boolean): boolean {
		const end = isOutage
			? Math.max(this.token.expiresOnTimestamp, this.#extendedExpiresOn)
			: this.token.expiresOnTimestamp;
		return this.#isBefore(end, now) && now > this.usableFrom;
	}

	/** Whether a time has not come, by either clock. */
	#isBefore(time: number, now: number): boolean {
		return now < time && this.home.steady() + this.ahead < time;
	}

	/** After a failed refresh: until then, nobody asks the source again while the token lives. */
	pause(until: number, byOutage: boolean): void {
		this.#pausedUntil = until;
		this.#pausedByOutage = byOutage;
	}

	isPaused(now: number): boolean {
		return now < this.#pausedUntil && this.isAlive(now, this.#pausedByOutage);
	}

	/** Whether nothing, not even an outage, could make the token of use again. */
	isExpired(now: number): boolean {
		return !this.isAlive(now, true);
	}

	/** What the entry weighs, in bytes. */
	get bytes(): number {
		let texts = this.token.token.length + this.key.length;
		for (const spelling of this.spellings) texts += spelling.length;
		return ENTRY_BYTES + texts;
	}
}
