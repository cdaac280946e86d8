import { readFileSync } from "node:fs";
import { fileLock } from "../src/stores/persistent/file-lock.ts";
import { type Measured, stallWatch } from "./stall-watch.ts";

/** Longer than any lock may outlive its process. */
const PATIENCE_MS = 10_000;

/**
 * How long the lock file of a process outlives it; undefined when that process does not hold it. Call it just after the kill.
 * Somebody else may take the lock over, else we do. @param goneAt When the process was gone.
 */
export async function outlivedLock(
	file: string,
	pid: number,
	goneAt: () => number | undefined,
): Promise<Measured | undefined> {
	if (holderOf(file) !== pid) return undefined;
	const watch = stallWatch();
	const taking = fileLock(file).acquire(PATIENCE_MS);
	let isOurs = false;
	taking.then(
		() => {
			isOurs = true;
		},
		() => {},
	);
	const deadline = performance.now() + PATIENCE_MS;
	let last = 0;
	do {
		await new Promise(setImmediate);
		last = performance.now();
	} while (!isOurs && holderOf(file) === pid && last < deadline);
	const isVoid = watch.end();
	await (await taking)?.release();
	return { ms: Math.max(0, last - (goneAt() ?? last)), isVoid };
}

/** Whom a lock file names; undefined when it names nobody, or is not there. */
function holderOf(file: string): number | undefined {
	try {
		return Number.parseInt(readFileSync(file, "utf8"), 10) || undefined;
	} catch {
		return undefined;
	}
}
