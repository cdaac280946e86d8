import {
	closeSync,
	constants,
	fchmodSync,
	fstatSync,
	ftruncateSync,
	lstatSync,
	openSync,
	type Stats,
	unlinkSync,
	writeSync,
} from "node:fs";
import { cannotOpen, codeOf } from "./cannot-open.ts";

const { O_CREAT, O_EXCL, O_RDWR } = constants;
// Windows has neither of the two.
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;

const OWNER_ONLY = 0o600;

/** How Windows refuses a file that others have open, or that is removed and not yet closed by all. */
const IN_USE_ON_WINDOWS = ["EPERM", "EACCES", "EBUSY"];

/**
 * An open lock file, not locked yet. Node opens with O_CLOEXEC: no child process inherits the file, and with it the lock.
 * All is done synchronously: the shorter the time between two steps, the less can happen between them.
 */
export interface LockFile {
	readonly fd: number;
	/** Whether we made it: then nobody can have a claim on it, unless its content says so since. */
	readonly isNew: boolean;
}

/**
 * Makes the lock file, or opens the one that is there. "held" when that cannot be told now, "gone" when it was removed
 * meanwhile. No symbolic link is followed. Throws when it is no file of this user.
 */
export function openLockFile(path: string): LockFile | "held" | "gone" {
	try {
		return makeLockFile(path);
	} catch (error) {
		if (isInUse(error)) return "held";
		if (codeOf(error) !== "EEXIST") throw error;
	}
	try {
		return { fd: openExisting(path), isNew: false };
	} catch (error) {
		if (isInUse(error)) return "held";
		if (codeOf(error) === "ENOENT") return "gone";
		throw error;
	}
}

/**
 * Opens a file that stays, or makes it, empty and for this user alone. No symbolic link is followed. Throws when it is no
 * file of this user.
 */
export function openLastingFile(path: string): number {
	try {
		return openExisting(path);
	} catch (error) {
		if (codeOf(error) !== "ENOENT") throw error;
	}
	try {
		return makeLockFile(path).fd;
	} catch (error) {
		if (codeOf(error) !== "EEXIST") throw error;
		return openExisting(path); // somebody else was faster
	}
}

/** Writes into the file whose it is, for others to read. */
export function signLockFile(fd: number, program: string): void {
	try {
		ftruncateSync(fd, 0);
		writeSync(fd, `${process.pid} ${program}`, 0);
	} catch {} // a full disk does not make the lock less ours
}

/** Whether the path still names this open file, and not another one that was made since. */
export function isNamed(path: string, fd: number): boolean {
	const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
	const open = fstatSync(fd, { bigint: true });
	return named?.ino === open.ino && named.dev === open.dev;
}

/** Removes the file while it is still locked, if it is what the path names: so it never is somebody else's. */
export function removeLockFile(path: string, fd: number): void {
	try {
		if (isNamed(path, fd)) unlinkSync(path);
	} catch {} // gone, or not to be removed now: unlocked as it then is, it blocks nobody
}

function openExisting(path: string): number {
	const fd = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
	closeUnlessSound(path, fd);
	return fd;
}

function makeLockFile(path: string): LockFile {
	const flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
	const fd = openSync(path, flags, OWNER_ONLY);
	// A umask may take rights away from the owner as well.
	const hasModes = process.platform !== "win32";
	if (hasModes && (fstatSync(fd).mode & 0o777) !== OWNER_ONLY)
		fchmodSync(fd, OWNER_ONLY);
	return { fd, isNew: true };
}

function closeUnlessSound(path: string, fd: number): void {
	const fault = faultOf(fstatSync(fd));
	if (fault === undefined) return;
	closeSync(fd);
	throw cannotOpen(
		`The token cache cannot be locked, because ${path} ${fault}: remove it, or choose another directory for the cache.`,
	);
}

function faultOf(found: Stats): string | undefined {
	if (!found.isFile()) return "is no regular file";
	// Windows has no numbers for users; there, who may open the file is up to the directory's access list.
	const user = process.geteuid?.();
	if (user !== undefined && found.uid !== user)
		return `belongs to another user (${found.uid})`;
	return undefined;
}

function isInUse(error: unknown): boolean {
	if (process.platform !== "win32") return false;
	return IN_USE_ON_WINDOWS.includes(codeOf(error) ?? "");
}
