import type { AdapterPayload } from "oidc-provider";

/** One thing the library keeps, and when it may be forgotten. */
export interface Entry {
	readonly payload: AdapterPayload;
	/** When it was first kept, as a moment. */
	readonly moment: number;
	/** Milliseconds since 1970. */
	readonly forgetAfter: number;
	/** For device codes: until when a further poll is too soon, and how long to wait by now. */
	notBefore?: number;
	interval?: number;
}

/** All entries of one kind in one tenant. */
export interface EntryStore {
	/** Keeps a payload that lives for so many milliseconds, or until deleted. A known id keeps its moment. */
	put(id: string, payload: AdapterPayload, lifetime: number | undefined): void;
	get(id: string): Entry | undefined;
	/** The id with this `uid` or `userCode`. */
	idOf(alias: string): string | undefined;
	delete(id: string): void;
	deleteGrant(grantId: string): void;
	size(): number;
}

/** An expired code is answered "expired" and not "unknown" for at least so long. */
const REMEMBERED_AFTER_EXPIRY = 3_600_000;

/** How often entries are swept, by the emulator's clock; in between nothing is looked through. */
const SWEEP_INTERVAL = 60_000;

/** Refresh tokens live 90 days; a long load test must not fill the memory. Beyond this the oldest entries go. */
export const KEPT_ENTRIES = 20_000;

export function entryStore(parts: {
	readonly now: () => number;
	readonly moment: () => number;
	readonly limit?: number;
}): EntryStore {
	const limit = parts.limit ?? KEPT_ENTRIES;
	const entries = new Map<string, Entry>();
	const aliases = new Map<string, string>();
	let sweptAt = parts.now();

	function forget(id: string): void {
		const payload = entries.get(id)?.payload;
		entries.delete(id);
		for (const alias of aliasesIn(payload))
			if (aliases.get(alias) === id) aliases.delete(alias);
	}

	function sweep(now: number): void {
		for (const [id, entry] of entries) if (entry.forgetAfter < now) forget(id);
		// A map keeps the order of insertion, so the oldest come first.
		for (const id of entries.keys()) {
			if (entries.size <= limit) break;
			forget(id);
		}
		sweptAt = now;
	}

	return {
		put(id, payload, lifetime) {
			const now = parts.now();
			entries.set(id, {
				...entries.get(id),
				payload,
				moment: entries.get(id)?.moment ?? parts.moment(),
				forgetAfter: forgetAfter(now, lifetime),
			});
			for (const alias of aliasesIn(payload)) aliases.set(alias, id);
			if (now - sweptAt >= SWEEP_INTERVAL || entries.size > limit * 1.1)
				sweep(now);
		},
		get: (id) => entries.get(id),
		idOf: (alias) => aliases.get(alias),
		delete: forget,
		deleteGrant(grantId) {
			for (const [id, { payload }] of entries)
				if (payload.grantId === grantId) forget(id);
		},
		size: () => entries.size,
	};
}

/** Twice the lifetime, so that the answer to what has just expired is still the right one after the clock was moved. */
function forgetAfter(now: number, lifetime: number | undefined): number {
	if (lifetime === undefined) return Number.POSITIVE_INFINITY;
	return now + lifetime + Math.max(lifetime, REMEMBERED_AFTER_EXPIRY);
}

function aliasesIn(payload: AdapterPayload | undefined): string[] {
	return [payload?.uid, payload?.userCode].filter(
		(alias) => alias !== undefined,
	);
}
