import koffi from "koffi";

/** Of linux/keyctl.h. */
const REVOKE = 3;
const SETPERM = 5;
const DESCRIBE = 6;
const LINK = 8;
const UNLINK = 9;
const SEARCH = 10;
const READ = 11;
const SET_TIMEOUT = 15;
const GET_PERSISTENT = 22;
const SESSION = -3;
const USER = -4;

/** Larger than any key of ours, and than any list of the keys of a user on a machine for tests. */
const ROOM = 64 * 1024;

const isLinux = process.platform === "linux";
const [ADD_KEY, KEYCTL] = process.arch === "arm64" ? [217, 219] : [248, 250];

const native = (types: string[]) =>
	koffi.load(null).func("syscall", "long", ["long", ...types]);
const call = isLinux
	? {
			control: native(["long", "long", "long", "long"]),
			search: native(["long", "long", "str", "str", "long"]),
			copy: native(["long", "long", "void *", "size_t"]),
			add: native(["str", "str", "void *", "size_t", "long"]),
		}
	: undefined;

/** The keys of the user that the tests run as, in the kernel; seen from outside the library. */
function keys() {
	if (call === undefined) throw new Error("only Linux has keys in its kernel");
	call.control(KEYCTL, LINK, USER, SESSION, 0);
	const ring: number = call.control(KEYCTL, GET_PERSISTENT, -1, USER, 0);
	return { ...call, ring };
}

function serialOf(name: string): number | undefined {
	const { search, ring } = keys();
	const serial: number = search(KEYCTL, SEARCH, ring, "user", name, 0);
	return serial > 0 ? serial : undefined;
}

function bytesOf(operation: number, serial: number): Buffer {
	const room = Buffer.alloc(ROOM);
	const length: number = keys().copy(KEYCTL, operation, serial, room, ROOM);
	return room.subarray(0, Math.max(0, length));
}

/** The key's serial and payload; undefined when the kernel has no such key to give. */
export function findKey(name: string) {
	const serial = serialOf(name);
	if (serial === undefined) return undefined;
	return { serial, payload: bytesOf(READ, serial) };
}

/** Adds a key, or gives it another payload. */
export function putKey(name: string, payload: Uint8Array): number {
	const { add, ring } = keys();
	return add(ADD_KEY, "user", name, payload, payload.length, ring);
}

/** From now on the kernel answers that the key was revoked. */
export function revokeKey(name: string): void {
	keys().control(KEYCTL, REVOKE, serialOf(name) ?? 0, 0, 0);
}

/** In a second the kernel answers that the key has expired. */
export function expireKey(name: string): void {
	keys().control(KEYCTL, SET_TIMEOUT, serialOf(name) ?? 0, 1, 0);
}

/** From now on nobody may search for the key or read it, its owner included. */
export function forbidKey(name: string): void {
	const onlyView = 0x01010000;
	keys().control(KEYCTL, SETPERM, serialOf(name) ?? 0, onlyView, 0);
}

/** Removes the key; harmless when there is none, or nothing that could have one. */
export function removeKey(name: string): void {
	if (!isLinux) return;
	const { control, ring } = keys();
	for (const each of [ring, USER]) {
		for (const [serial, found] of namesOfKeys(each)) {
			if (found === name) control(KEYCTL, UNLINK, serial, each, 0);
		}
	}
}

/** What the keys in a keyring are called, by serial; the user's persistent one unless told. */
export function namesOfKeys(ring: number = keys().ring): Map<number, string> {
	const list = bytesOf(READ, ring);
	const names = new Map<number, string>();
	for (let at = 0; at < list.length; at += 4) {
		const serial = list.readInt32LE(at);
		// type;uid;gid;permissions;description, and a zero byte
		const text = bytesOf(DESCRIBE, serial).toString().replace("\0", "");
		names.set(serial, text.split(";").slice(4).join(";"));
	}
	return names;
}
