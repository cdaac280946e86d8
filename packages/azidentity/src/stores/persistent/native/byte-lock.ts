import { libc, lockFailure, wasRefused } from "./flock.ts";

/** Of linux/fcntl.h: locks of an open file, which no other one can undo by being closed. */
const F_OFD_SETLK = 37;
const F_WRLCK = 1;
const F_UNLCK = 2;

/** `struct flock` where a register has 64 bits, little end first: two shorts, then two numbers of 64 bits, then a process. */
const FLOCK_BYTES = 32;
const START_AT = 8;
const LENGTH_AT = 16;

/**
 * Takes the lock of one byte of a file, which need not exist, for this open file, and says whether it could. It ends when the
 * file is closed, so also with the process. Rejects with an error that says `cannotOpen` where there are no such locks.
 */
export async function tryLockByte(fd: number, at: number): Promise<boolean> {
	const { fcntl, errno } = libc();
	for (;;) {
		if (fcntl(fd, F_OFD_SETLK, byteAt(at, F_WRLCK)) === 0) return true;
		const code = errno();
		if (wasRefused(code)) return false;
		if (code !== "EINTR") throw lockFailure("fcntl", code);
	}
}

/** Gives the lock back, also where a child process still has the file open. */
export async function unlockByte(fd: number, at: number): Promise<void> {
	const { fcntl, errno } = libc();
	if (fcntl(fd, F_OFD_SETLK, byteAt(at, F_UNLCK)) !== 0)
		throw lockFailure("fcntl", errno());
}

function byteAt(at: number, type: number): Buffer {
	const lock = Buffer.alloc(FLOCK_BYTES);
	lock.writeInt16LE(type, 0);
	lock.writeBigInt64LE(BigInt(at), START_AT);
	lock.writeBigInt64LE(1n, LENGTH_AT);
	return lock;
}
