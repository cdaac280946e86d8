import { createHash } from "node:crypto";
import { closeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { codeOf, pathFailure } from "./cannot-open.ts";
import { contestedLock } from "./contested-lock.ts";
import { fileLock } from "./file-lock.ts";
import { openLastingFile } from "./lock-file.ts";
import { ensureDirectory } from "./private-directory.ts";
import type { ProcessLock } from "./process-lock.ts";

/** Tasks that share a byte wait for each other, and no more: with a thousand tasks that happens in two caches of a billion. */
const HASH_BYTES = 6;

/**
 * The locks of tasks that only programs of this library know of: each is that of one byte in a file which is empty and stays,
 * so it costs a microsecond where a lock file of its own has to be made and removed. They end with their process.
 * Where there are no locks of single bytes, each task has a lock file of its own.
 * @param file Ends in ".leases".
 */
export function leaseLock(file: string, task: string): ProcessLock {
	const hash = createHash("sha256").update(task).digest();
	const path = resolve(file);
	if (!hasByteLocks())
		return fileLock(`${path}.${hash.toString("hex", 0, 16)}.lockfile`);
	const at = hash.readUIntLE(0, HASH_BYTES);
	return contestedLock(`${path} ${at}`, () => () => tryToLock(path, at));
}

async function tryToLock(
	path: string,
	at: number,
): Promise<(() => Promise<void>) | undefined> {
	const fd = await opened(path);
	try {
		const { tryLockByte, unlockByte } = await byteLocks();
		if (await tryLockByte(fd, at))
			return async () => {
				// In so many words: a child that was just forked may have the file open as well.
				await unlockByte(fd, at).catch(() => {}); // closing unlocks as well
				closeSync(fd);
			};
	} catch (error) {
		closeSync(fd);
		throw pathFailure(path, error);
	}
	closeSync(fd);
	return undefined;
}

async function opened(path: string): Promise<number> {
	try {
		return openLastingFile(path);
	} catch (error) {
		if (codeOf(error) !== "ENOENT") throw pathFailure(path, error);
		await ensureDirectory(dirname(path));
		return openLastingFile(path);
	}
}

/** The structures behind the calls are known for these. */
function hasByteLocks(): boolean {
	const { platform, arch } = process;
	return (
		platform === "win32" ||
		(platform === "linux" && ["x64", "arm64"].includes(arch))
	);
}

type ByteLocks = typeof import("./native/byte-lock.ts");

let loading: Promise<ByteLocks> | undefined;

/** Both bindings do the same; each is loaded where it can be. */
function byteLocks(): Promise<ByteLocks> {
	loading ??=
		process.platform === "win32"
			? import("./native/lock-file-ex.ts")
			: import("./native/byte-lock.ts");
	return loading;
}
