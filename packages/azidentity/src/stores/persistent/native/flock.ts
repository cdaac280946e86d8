import { cannotOpen } from "../cannot-open.ts";
import { bindCalls, type Koffi } from "./koffi.ts";

/** Of sys/file.h; the same on Linux (glibc and musl), macOS and the BSDs. */
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

/** What a file system answers that has no such locks. */
const NO_LOCKS = ["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"];

/** What locks need of the C library. */
interface Binding {
	readonly flock: (fd: number, operation: number) => number;
	readonly fcntl: (fd: number, command: number, lock: Uint8Array) => number;
	/** The name of what went wrong in the last call of this thread. */
	readonly errno: () => string;
}

/** Loaded when the first lock is wanted. */
let binding: Binding | undefined;

/**
 * Takes the lock of the whole file for this open file, and says whether it could: it belongs to one open file at a time,
 * in any process and any thread. It ends when the file is closed, so also with the process, however that ends.
 * Rejects with an error that says `cannotOpen` where there are no such locks.
 */
export async function tryLockFile(fd: number): Promise<boolean> {
	const { flock, errno } = libc();
	for (;;) {
		if (flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
		const code = errno();
		if (wasRefused(code)) return false;
		if (code !== "EINTR") throw lockFailure("flock", code);
	}
}

/** Gives the lock back, also where a child process still has the file open. */
export async function unlockFile(fd: number): Promise<void> {
	const { flock, errno } = libc();
	while (flock(fd, LOCK_UN) !== 0) {
		const code = errno();
		if (code !== "EINTR") throw lockFailure("flock", code);
	}
}

/** Whether somebody else has the lock. */
export function wasRefused(code: string): boolean {
	return code === "EWOULDBLOCK" || code === "EAGAIN" || code === "EACCES";
}

export function libc(): Binding {
	binding ??= bindCalls("locked", bind);
	return binding;
}

function bind(koffi: Koffi): Binding {
	// The process itself, in place of a library's name: every C library that Node runs on has these, and each has
	// another name.
	const itself = koffi.load(null);
	const flock = itself.func("flock", "int", ["int", "int"]);
	const fcntl = itself.func("fcntl", "int", ["int", "int", "void *"]);
	const names = new Map(
		Object.entries(koffi.os.errno).map(([name, code]) => [code, name]),
	);
	return {
		flock: (fd, operation) => flock(fd, operation),
		fcntl: (fd, command, lock) => fcntl(fd, command, lock),
		errno: () => {
			const code = koffi.errno();
			return names.get(code) ?? `errno ${code}`;
		},
	};
}

/** @param call Which one failed. */
export function lockFailure(call: string, code: string): Error {
	if (NO_LOCKS.includes(code))
		return cannotOpen(
			`The token cache cannot be locked, because its file system has no locks (${call}: ${code}): choose another directory for the cache.`,
		);
	return Object.assign(
		new Error(`the lock file cannot be locked (${call}: ${code})`),
		{ code },
	);
}
