import { bindCalls, type Koffi } from "./koffi.ts";
import { windowsError } from "./windows-error.ts";

const LOCKFILE_FAIL_IMMEDIATELY = 1;
const LOCKFILE_EXCLUSIVE_LOCK = 2;
const ERROR_INVALID_HANDLE = 6;
const ERROR_LOCK_VIOLATION = 33;
const INVALID_HANDLE_VALUE = -1;
/** Unlocking what is not locked: ERROR_NOT_LOCKED from Windows, a violation of the lock from Wine. */
const NOT_LOCKED = new Set([158, ERROR_LOCK_VIOLATION]);

/** One byte at offset 0, which need not exist: what the Go library locks, so that it and we exclude each other. */
const LENGTH = 1;
/** The OVERLAPPED structure of 64-bit Windows: two numbers that Windows writes, the offset, and no event. */
const OVERLAPPED_BYTES = 32;
const OFFSET_AT = 16;

/**
 * Locks a file for the open descriptor `fd`, without waiting. False when another descriptor, of any process,
 * has it locked. The lock ends with `unlockFile`, with the descriptor, and with the process.
 * Windows holds others to it: they cannot read or write the locked byte, but can read the rest and delete the file.
 * @throws WindowsError when Windows cannot, an Error when there is no Windows or no native binding.
 */
export async function tryLockFile(fd: number): Promise<boolean> {
	return tryLockByte(fd, 0);
}

/** As `tryLockFile`, another byte: locks of different bytes of one file do not know each other. */
export async function tryLockByte(fd: number, at: number): Promise<boolean> {
	const result = locking().lock(fd, at);
	if (result === 0) return true;
	if (result === ERROR_LOCK_VIOLATION) return false;
	throw windowsError("lock a file", "LockFileEx", result);
}

/**
 * Gives back what `tryLockFile` locked for this descriptor; harmless when it did not.
 * @throws as `tryLockFile`.
 */
export async function unlockFile(fd: number): Promise<void> {
	await unlockByte(fd, 0);
}

/** Gives back what `tryLockByte` locked for this descriptor; as `unlockFile`. */
export async function unlockByte(fd: number, at: number): Promise<void> {
	const result = locking().unlock(fd, at);
	if (result === 0 || NOT_LOCKED.has(result)) return;
	throw windowsError("unlock a file", "UnlockFileEx", result);
}

/** Each call answers with the number of the error, 0 when there was none. */
interface Locking {
	readonly lock: (fd: number, at: number) => number;
	readonly unlock: (fd: number, at: number) => number;
}

let binding: Locking | undefined;

function locking(): Locking {
	binding ??= bindCalls("locked", bind);
	return binding;
}

function bind(koffi: Koffi): Locking {
	const kernel32 = koffi.load("kernel32.dll");
	// Descriptors are the program's own and mean nothing to Windows. Node, and Electron, export their
	// libuv from the program itself for native modules: it knows which handle stands behind which.
	const handleOf = koffi
		.load(null)
		.func("uv_get_osfhandle", "intptr_t", ["int"]);
	const lockFileEx = kernel32.func("__stdcall", "LockFileEx", "bool", [
		"intptr_t", // handle
		"uint32_t", // flags
		"uint32_t", // reserved
		"uint32_t", // length, low half
		"uint32_t", // length, high half
		"void *", // offset, in an OVERLAPPED
	]);
	const unlockFileEx = kernel32.func("__stdcall", "UnlockFileEx", "bool", [
		"intptr_t", // handle
		"uint32_t", // reserved
		"uint32_t", // length, low half
		"uint32_t", // length, high half
		"void *", // offset, in an OVERLAPPED
	]);
	const lastError = kernel32.func("__stdcall", "GetLastError", "uint32_t", []);
	const flags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;

	function onHandle(fd: number, call: (handle: number) => boolean): number {
		const handle: number = handleOf(fd);
		if (handle === INVALID_HANDLE_VALUE) return ERROR_INVALID_HANDLE;
		return call(handle) ? 0 : lastError();
	}
	// Written to by Windows, so each call has its own.
	const offset = (at: number) => {
		const overlapped = Buffer.alloc(OVERLAPPED_BYTES);
		overlapped.writeBigUInt64LE(BigInt(at), OFFSET_AT);
		return overlapped;
	};

	return {
		lock: (fd, at) =>
			onHandle(fd, (handle) =>
				lockFileEx(handle, flags, 0, LENGTH, 0, offset(at)),
			),
		unlock: (fd, at) =>
			onHandle(fd, (handle) => unlockFileEx(handle, 0, LENGTH, 0, offset(at))),
	};
}
