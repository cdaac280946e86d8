import { setTimeout as pause } from "node:timers/promises";
import type { Lease } from "../../cache/token-store.ts";
import { type Patience, patienceFor, takeTurn } from "./lock-turns.ts";
import type { ProcessLock } from "./process-lock.ts";

/** Most holders write one small file and are done after a millisecond or two. */
const FIRST_PAUSE_MS = 1;
/** A handover to who waits takes half of this on average, and waiting costs 50 looks a second. */
const LONGEST_PAUSE_MS = 20;
/**
 * Who has waited for so long would wait on and on where others come all the time, and look more often. Not more than this:
 * where thirty wait, their looks would take the processor from the one that writes.
 */
const LONG_WAIT_MS = 500;
const LATE_PAUSE_MS = 10;

/** Tries to take a lock, without waiting. Gives what gives it back; undefined when somebody else has it. */
export type Try = () => Promise<(() => Promise<void>) | undefined>;

/**
 * A lock that is taken by trying until it can be had. Callers in this process get it in the order they came, and only one of
 * them contends with other processes.
 * @param name Tells this lock from others in this process.
 * @param contend Begins to contend: what it returns may remember what earlier tries have seen.
 */
export function contestedLock(name: string, contend: () => Try): ProcessLock {
	return {
		async acquire(milliseconds) {
			const patience = patienceFor(milliseconds);
			try {
				const endTurn = await takeTurn(name, patience);
				if (endTurn === undefined) return undefined;
				return await taken(contend(), patience, endTurn);
			} finally {
				patience.end();
			}
		},
	};
}

async function taken(
	attempt: Try,
	patience: Patience,
	endTurn: () => void,
): Promise<Lease | undefined> {
	let giveBack: (() => Promise<void>) | undefined;
	try {
		giveBack = await inTime(attempt, patience);
		return giveBack && leaseOf(giveBack, endTurn);
	} finally {
		if (giveBack === undefined) endTurn();
	}
}

async function inTime(
	attempt: Try,
	patience: Patience,
): Promise<(() => Promise<void>) | undefined> {
	for (let waited = 0; ; ) {
		const giveBack = await attempt();
		if (giveBack !== undefined) return giveBack;
		const { signal } = patience;
		const wait = pauseAfter(waited);
		await pause(wait, undefined, { signal }).catch(() => {});
		if (signal.aborted) return undefined;
		waited += wait;
	}
}

/** How long who has waited for so long waits until the next look, in milliseconds. */
export function pauseAfter(waited: number): number {
	if (waited >= LONG_WAIT_MS) return LATE_PAUSE_MS;
	return Math.min(Math.max(waited, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
}

function leaseOf(giveBack: () => Promise<void>, endTurn: () => void): Lease {
	let isHeld = true;
	return {
		async release() {
			if (!isHeld) return;
			isHeld = false;
			await giveBack();
			endTurn();
		},
	};
}
