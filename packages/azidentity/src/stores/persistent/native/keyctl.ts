import { cannotOpen } from "../cannot-open.ts";
import { bindCalls, type Koffi } from "./koffi.ts";

/**
 * Keys and keyrings of the kernel: keyctl(2), add_key(2). Every function answers as the kernel does, with a serial
 * or a length, or with the number of an error made negative.
 *
 * They are called on the caller's thread and not handed to another: each thread has a session of its own in the
 * kernel, and what a thread links there is reachable from that thread only. They take microseconds.
 */
export interface KernelKeys {
	/** The serial of a keyring that has a fixed name for each process, made when there is none yet. */
	keyringOf(which: number): number;
	/** The keyring of this user that outlives sessions, linked to `ring`; its time starts anew. */
	persistentKeyring(ring: number): number;
	link(key: number, ring: number): number;
	unlink(key: number, ring: number): number;
	/** The key of type `user` with this description, in `ring` or a keyring that hangs from it. */
	search(ring: number, description: string): number;
	/** The length of the payload. It is copied when `into` is long enough, and of no use when not. */
	read(key: number, into: Uint8Array): number;
	/** Adds a key of type `user` to `ring`; one that has this description already gets the payload and keeps its serial. */
	add(description: string, payload: Uint8Array, ring: number): number;
}

/** Fixed names, for each process, of linux/keyctl.h. */
export const PROCESS_KEYRING = -2;
export const SESSION_KEYRING = -3;
export const USER_KEYRING = -4;

/** Of asm-generic/errno.h; Node has no names for those of keys. */
export const EPERM = 1;
export const EACCES = 13;
export const ENOSYS = 38;
export const EDQUOT = 122;
export const ENOKEY = 126;
export const EKEYEXPIRED = 127;
export const EKEYREVOKED = 128;

/** Of linux/keyctl.h. */
const GET_KEYRING_ID = 0;
const LINK = 8;
const UNLINK = 9;
const SEARCH = 10;
const READ = 11;
const GET_PERSISTENT = 22;

interface Numbers {
	readonly addKey: number;
	readonly keyctl: number;
}

/** Numbers of the two calls, by `process.arch`. A C library has no functions for them, and other numbers do other things. */
const CALLS: Readonly<Record<string, Numbers>> = {
	x64: { addKey: 248, keyctl: 250 },
	arm64: { addKey: 217, keyctl: 219 },
};

/** The user who asks. */
const OWN_UID = -1;

const CREATE = 1;

let binding: KernelKeys | undefined;

/** Loaded at first use. @throws an error that says `cannotOpen` where there are no such calls. */
export function kernelKeys(): KernelKeys {
	binding ??= load();
	return binding;
}

function load(): KernelKeys {
	const { platform, arch } = process;
	const numbers = platform === "linux" ? CALLS[arch] : undefined;
	if (numbers === undefined)
		throw cannotOpen(
			`The token cache cannot be encrypted, because azidentity knows no keyring of the kernel for ${platform} on ${arch}: set unsafeAllowUnencryptedStorage, or do without the persistent cache here.`,
		);
	return bindCalls("encrypted", (koffi) => bind(numbers, koffi));
}

function bind({ addKey, keyctl }: Numbers, koffi: Koffi): KernelKeys {
	const control = systemCall(koffi, ["long", "long", "long"]);
	const search = systemCall(koffi, ["long", "long", "str", "str", "long"]);
	const read = systemCall(koffi, ["long", "long", "void *", "size_t"]);
	const add = systemCall(koffi, ["str", "str", "void *", "size_t", "long"]);
	return {
		keyringOf: (which) => control(keyctl, GET_KEYRING_ID, which, CREATE),
		persistentKeyring: (ring) => control(keyctl, GET_PERSISTENT, OWN_UID, ring),
		link: (key, ring) => control(keyctl, LINK, key, ring),
		unlink: (key, ring) => control(keyctl, UNLINK, key, ring),
		search: (ring, description) =>
			search(keyctl, SEARCH, ring, "user", description, 0),
		read: (key, into) => read(keyctl, READ, key, into, into.length),
		add: (description, payload, ring) =>
			add(addKey, "user", description, payload, payload.length, ring),
	};
}

/** `syscall` of the C library for arguments of these types, all of which are whole registers. */
function systemCall(koffi: Koffi, types: string[]) {
	// The process itself, in place of a library's name: every C library that Node runs on has `syscall`, and each
	// has another name.
	const call = koffi.load(null).func("syscall", "long", ["long", ...types]);
	return (...args: [number, ...unknown[]]): number => {
		const result: number = call(...args);
		// Nothing stands between the call and the look at errno, which belongs to the thread.
		return result < 0 ? -koffi.errno() : result;
	};
}
