import type { Lease } from "../../cache/token-store.ts";

/** A lock that other processes honour, and that ends with the process that holds it. */
export interface ProcessLock {
	/** Waits up to `patience` milliseconds; undefined when somebody held it all the time. */
	acquire(patience: number): Promise<Lease | undefined>;
	/** Tells who has it now, and since when, from who has it later; undefined when nobody seems to have it. */
	holding?(): string | undefined;
}
