import { readFileSync } from "node:fs";
import { fileLock } from "../src/stores/persistent/file-lock.ts";

/** Longer than any lock may outlive its process. */
const PATIENCE_MS = 10_000;

/** A campaign that did not get the processor for so long cannot tell what took this long. */
const STALLED_MS = 25;

/** What became of a lock whose holder was killed. */
export interface OutlivedLock {
	/** How long it was still locked after its process was gone, in milliseconds. */
	readonly ms: number;
	/** Whether this process itself was kept from looking meanwhile: then the figure says nothing. */
	readonly isVoid: boolean;
}

/**
 * How long the lock file of a process outlives it; undefined when that process does not hold it. Call it just after the kill.
 * Somebody else may take the lock over, else we do. @param goneAt When the process was gone.
 */
export async function outlivedLock(
	file: string,
	pid: number,
	goneAt: () => number | undefined,
): Promise<OutlivedLock | undefined> {
	if (holderOf(file) !== pid) return undefined;
	const taking = fileLock(file).acquire(PATIENCE_MS);
	let isOurs = false;
	taking.then(
		() => {
			isOurs = true;
		},
		() => {},
	);
	let longest = 0;
	let last = performance.now();
	const deadline = last + PATIENCE_MS;
	while (!isOurs && holderOf(file) === pid && last < deadline) {
		await new Promise(setImmediate);
		const now = performance.now();
		if (goneAt() !== undefined) longest = Math.max(longest, now - last);
		last = now;
	}
	await (await taking)?.release();
	const ms = Math.max(0, last - (goneAt() ?? last));
	return { ms, isVoid: longest > STALLED_MS };
}

/** Whom a lock file names; undefined when it names nobody, or is not there. */
function holderOf(file: string): number | undefined {
	try {
		return Number.parseInt(readFileSync(file, "utf8"), 10) || undefined;
	} catch {
		return undefined;
	}
}
