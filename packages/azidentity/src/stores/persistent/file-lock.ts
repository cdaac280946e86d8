import { close as closeFile, closeSync, fstatSync, lstatSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { codeOf, pathFailure } from "./cannot-open.ts";
import { contestedLock } from "./contested-lock.ts";
import { claimOf } from "./lock-claim.ts";
import {
	isNamed,
	type LockFile,
	openLockFile,
	removeLockFile,
	signLockFile,
} from "./lock-file.ts";
import { ensureDirectory } from "./private-directory.ts";
import type { ProcessLock } from "./process-lock.ts";

/**
 * How often in a row a file is found unlocked though its process lives, before it is taken over: its process has unlocked
 * it and not yet removed it. That takes microseconds; so many looks take 90 ms, in case it is not given the processor.
 */
const LOOKS_AT_LEAVING = 9;

/** How often a file may be gone by the time it is locked, within one try. */
const LOST_RACES = 10;

/**
 * Go opens the file, and then locks it. For so long after its removal the file stays locked, so that who opened it just
 * before does not take it for the lock. The path is free meanwhile.
 */
const LINGER_MS = 10;

/** The lock files of this process, to be removed when it exits by itself: JavaScript and Python would wait for them. */
const held = new Map<number, string>();
let removesAtExit = false;

/**
 * The lock of `path`, which ends in `.lockfile`, as the libraries of all languages take it. It excludes Go and .NET
 * (who lock the file), Python (who locks it and makes it) and JavaScript (who makes it) as well as other processes and
 * other callers like this one. It ends with its process, however that ends; a file left behind is taken over at once.
 * Callers in this process get it in the order they came.
 *
 * The file is removed before it is unlocked, and who has locked one checks that the path still names it. So nobody
 * ever holds a lock that another one holds as well, and nobody removes another one's file.
 *
 * `acquire` rejects with an error that says `cannotOpen` where there can be no lock.
 * @param program Written into the file after the process number, for people and for other copies of this library.
 */
export function fileLock(path: string, program = "azidentity"): ProcessLock {
	const file = resolve(path);
	const { acquire } = contestedLock(file, () => {
		const looks: Looks = { file: undefined, count: 0 };
		return async () => {
			const fd = await tryToLock(file, program, looks);
			return fd === undefined ? undefined : giveBackOf(file, fd);
		};
	});
	return { acquire, holding: () => holdingOf(file) };
}

/** Whoever gets the lock makes the file, or writes into the one that is there. */
function holdingOf(path: string): string | undefined {
	const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
	return found && `${found.ino} ${found.mtimeNs}`;
}

/** Which file was found unlocked though its process lives, and how often in a row. */
interface Looks {
	file: bigint | undefined;
	count: number;
}

async function tryToLock(
	path: string,
	program: string,
	looks: Looks,
): Promise<number | undefined> {
	for (let race = 0; race < LOST_RACES; race += 1) {
		const file = await opened(path);
		if (file === "held") return undefined;
		if (file === "gone") continue;
		let outcome: Outcome;
		try {
			outcome = await lockOpened(path, program, looks, file);
		} catch (error) {
			if (file.isNew) removeLockFile(path, file.fd);
			closeSync(file.fd);
			throw pathFailure(path, error);
		}
		if (outcome === "ours") return file.fd;
		closeSync(file.fd);
		if (outcome === "held") return undefined;
	}
	return undefined;
}

async function opened(path: string): Promise<LockFile | "held" | "gone"> {
	try {
		return openLockFile(path);
	} catch (error) {
		if (codeOf(error) !== "ENOENT") throw pathFailure(path, error);
		await ensureDirectory(dirname(path));
		return "gone";
	}
}

type Outcome = "ours" | "held" | "gone";

async function lockOpened(
	path: string,
	program: string,
	looks: Looks,
	{ fd, isNew }: LockFile,
): Promise<Outcome> {
	if (!isNew && claimOf(path, fd, program) === "held") return "held";
	const { tryLockFile } = await locking();
	if (!(await tryLockFile(fd))) return "held";
	if (!isNamed(path, fd)) return "gone";
	const { ino, size } = fstatSync(fd, { bigint: true });
	if (!isNew || size > 0n) {
		// Read again: somebody may have come and gone since the first look.
		const claim = claimOf(path, fd, program);
		if (claim === "held") return "held";
		if (claim === "leaving" && !isLookedAtLongEnough(ino, looks)) return "held";
	}
	signLockFile(fd, program);
	return "ours";
}

function isLookedAtLongEnough(ino: bigint, looks: Looks): boolean {
	looks.count = looks.file === ino ? looks.count + 1 : 1;
	looks.file = ino;
	return looks.count >= LOOKS_AT_LEAVING;
}

type Locking = Pick<
	typeof import("./native/flock.ts"),
	"tryLockFile" | "unlockFile"
>;

let loading: Promise<Locking> | undefined;

/** Both bindings do the same; each is loaded where it can be. */
function locking(): Promise<Locking> {
	loading ??=
		process.platform === "win32"
			? import("./native/lock-file-ex.ts")
			: import("./native/flock.ts");
	return loading;
}

function giveBackOf(path: string, fd: number): () => Promise<void> {
	held.set(fd, path);
	if (!removesAtExit) process.once("exit", removeAll);
	removesAtExit = true;
	return async () => {
		held.delete(fd);
		removeLockFile(path, fd);
		// On Windows a removed file may keep its name until it is closed.
		if (process.platform === "win32") await close(fd);
		else setTimeout(close, LINGER_MS, fd).unref();
	};
}

/**
 * Unlocks in so many words: a closed file stays locked while a child that was just forked has it open. To close the last
 * descriptor of a removed file is to give its space back, which takes a millisecond while another file is written: so it
 * is done by another thread.
 */
async function close(fd: number): Promise<void> {
	try {
		const { unlockFile } = await locking();
		await unlockFile(fd);
	} catch {} // closing unlocks as well
	await new Promise((done) => closeFile(fd, done));
}

function removeAll(): void {
	for (const [fd, path] of held) removeLockFile(path, fd);
}
