import { type Channel, channel } from "node:diagnostics_channel";
import type { Owner } from "./owner.ts";

/** Whose token a measurement is about, and what for. No account, no token, no secret. */
export interface MeasuredNeed {
	readonly clientId: string;
	readonly tenantId: string;
	/** The cloud, as caches name it. */
	readonly environment: string;
	/** As the caller wrote them, in one text. */
	readonly scopes: string;
	readonly isCae: boolean;
}

/** `azidentity:hit`: a caller was served from memory. */
export interface HitMessage extends MeasuredNeed {
	/** Whether it is time to replace the token, which then happens behind the caller's back. */
	readonly isDue: boolean;
}

/** `azidentity:miss`: a caller has to wait, for the store or the source. */
export interface MissMessage extends MeasuredNeed {
	/**
	 * `empty`: nothing is remembered; `expired`: what is remembered is too close to its end; `clock`: the clock was
	 * turned back; `claims`: a claims challenge wants a new one; `refused`: the service does not want to be asked yet.
	 */
	readonly reason: "empty" | "expired" | "clock" | "claims" | "refused";
}

/** `azidentity:join`: the caller waits together with others who want the same. */
export type JoinMessage = MeasuredNeed;

/** `azidentity:refresh.start` and `azidentity:refresh`: a flight sets out, and ends. */
export interface RefreshMessage extends MeasuredNeed {
	/** Whether it goes on behind the callers' backs. */
	readonly isBehind: boolean;
}
export interface RefreshedMessage extends RefreshMessage {
	/**
	 * `granted`: the source brought a token; `found`: the store had it; `kept`: there was none to be had, and the last one
	 * is handed out; `failed`: the callers got an error; `left`: they did not wait for it.
	 */
	readonly outcome: "granted" | "found" | "kept" | "failed" | "left";
	/** In milliseconds. */
	readonly duration: number;
	/** The name of the error, where there was one. */
	readonly error?: string;
}

/** `azidentity:remove`: a token is no longer in memory. */
export interface RemoveMessage extends MeasuredNeed {
	readonly reason: "expired" | "evicted" | "cleared" | "invalidated";
}

/** `azidentity:store.read` and `azidentity:store.write`: a document was read, or changed. */
export interface StoreMessage {
	/** Which document: of tokens under continuous access evaluation, of those got on others' behalf. */
	readonly isCae: boolean;
	readonly isOnBehalfOf: boolean;
	/** In milliseconds, the wait for a lock included. */
	readonly duration: number;
	/** The document's length in characters; 0 when there is none. */
	readonly length: number;
	readonly isFailed: boolean;
}

/** `azidentity:lock.wait`: somebody waited for the right to be the only process that fetches. */
export interface LockMessage {
	/** In milliseconds. */
	readonly duration: number;
	/** `busy`: another process kept it for too long. */
	readonly outcome: "got" | "busy" | "failed";
}

/** What is measured. A channel costs a look whether anybody listens, and nothing else, as long as nobody does. */
export const metrics = {
	hit: channel("azidentity:hit"),
	miss: channel("azidentity:miss"),
	join: channel("azidentity:join"),
	refreshStart: channel("azidentity:refresh.start"),
	refresh: channel("azidentity:refresh"),
	remove: channel("azidentity:remove"),
	storeRead: channel("azidentity:store.read"),
	storeWrite: channel("azidentity:store.write"),
	lockWait: channel("azidentity:lock.wait"),
} satisfies Record<string, Channel>;

/** Tells how many milliseconds have passed since it was made, whatever is done to the machine's clock. */
export function stopwatch(): () => number {
	const start = performance.now();
	return () => performance.now() - start;
}

/** What a measurement says of the need of a partition's caller. */
export function measuredNeed(
	{ cae, owner }: { readonly cae: boolean; readonly owner: Owner },
	scopes: string,
): MeasuredNeed {
	const { clientId, environment, tenantId } = owner;
	return { clientId, tenantId, environment, scopes, isCae: cae };
}
