import { randomBytes, randomInt } from "node:crypto";
import { cannotOpen } from "../cannot-open.ts";
import {
	EACCES,
	EDQUOT,
	EKEYEXPIRED,
	EKEYREVOKED,
	ENOKEY,
	ENOSYS,
	EPERM,
	type KernelKeys,
	kernelKeys,
	PROCESS_KEYRING,
	SESSION_KEYRING,
	USER_KEYRING,
} from "../native/keyctl.ts";
import type { Vault } from "../vault.ts";
import { KEY_BYTES, openJwe } from "./jwe.ts";
import { JweSealer } from "./jwe-sealer.ts";

/** What a key is stored as: the Go library adds a zero byte. We read keys without one, too. */
const PAYLOAD_BYTES = KEY_BYTES + 1;

/** A key the kernel knows of and will not hand out is as good as none. */
const ABSENT = [ENOKEY, EKEYEXPIRED, EKEYREVOKED];

/** Why the kernel refuses where it will refuse again, and what to do. */
const REFUSALS: Readonly<Record<number, string>> = {
	[EPERM]:
		"the kernel forbids its keyring to this process (EPERM), as the default seccomp profile of containers has it: allow the system calls add_key and keyctl in the profile",
	[ENOSYS]:
		"the kernel has no keyring for this process (ENOSYS): run on a kernel with CONFIG_KEYS, and allow the system calls add_key and keyctl in the container's seccomp profile",
	[EACCES]:
		"the user's keyring, or the cache's key in it, is closed to this process (EACCES): allow keys in the policy of the security module, such as SELinux, and remove the key if its permissions were changed (`keyctl show @u`)",
	[EDQUOT]:
		"the user's quota of kernel keys is used up (EDQUOT): remove keys that are no longer needed (`keyctl show`, /proc/key-users), or raise the limits kernel.keys.maxkeys and kernel.keys.maxbytes",
};

interface Key {
	readonly serial: number;
	readonly bytes: Buffer;
}

interface KnownKey extends Key {
	readonly sealer: JweSealer;
}

/**
 * Encrypts a document with a key in the kernel's keyring of the user, as the Go module azidentity/cache does:
 * one cache for both. The key is in memory only: it is gone after a reboot, or after days without use
 * (/proc/sys/kernel/keys/persistent_keyring_expiry); then the document is, too.
 * @param keyName What the key is called: the cache's name with its flavour.
 */
export function linuxKeyringVault(keyName: string): Vault {
	/** The key that was last used: reading asks the kernel only when it does not fit. */
	let known: KnownKey | undefined;

	function forget(): void {
		known?.bytes.fill(0);
		known?.sealer.forget();
		known = undefined;
	}

	function remember(key: Key): KnownKey {
		if (known !== undefined && isSame(known, key)) {
			key.bytes.fill(0);
			return known;
		}
		forget();
		known = { ...key, sealer: new JweSealer(key.bytes, String(key.serial)) };
		return known;
	}

	return {
		async check() {
			const keys = kernelKeys();
			const ring = userRing(keys);
			const key = findKey(keys, ring, keyName);
			if (key === undefined) tryAdding(keys, ring);
			else remember(key);
		},
		async seal(text) {
			const keys = kernelKeys();
			const ring = userRing(keys);
			// The kernel is asked each time: what is sealed with a key it has lost, no other process can open. Two
			// processes that find no key do not overwrite each other's: sealing is for those who hold the
			// document's lock, the search is made under it, and Go makes its key under the same lock.
			const key = findKey(keys, ring, keyName) ?? makeKey(keys, ring, keyName);
			return remember(key).sealer.seal(text);
		},
		prepare: () => known?.sealer.prepare(),
		async open(sealed) {
			const text = known && openJwe(sealed, known.bytes);
			if (text !== undefined) return text;
			// Another process may have made a new key.
			const keys = kernelKeys();
			const key = findKey(keys, userRing(keys), keyName);
			if (key === undefined) {
				forget();
				return undefined;
			}
			return openJwe(sealed, remember(key).bytes);
		},
	};
}

/**
 * The keyring where the user's keys are. Looked up each time: it may have expired since, with all that is in it,
 * and looking it up is what keeps it from expiring.
 */
function userRing(keys: KernelKeys): number {
	const user = allowed(keys.keyringOf(USER_KEYRING));
	// A key is read by whoever can reach it from a keyring of his own. The process's is safe to link to: it ends with
	// the process. The session's may be another user's, after su, who could then reach ours; or revoked, after a
	// logout. It serves where there is no room for one more keyring.
	if (keys.link(user, PROCESS_KEYRING) < 0) keys.link(user, SESSION_KEYRING);
	const persistent = keys.persistentKeyring(user);
	// Not every kernel has them. The user's own goes when his last process ends.
	return persistent < 0 ? user : persistent;
}

function isSame(one: Key, other: Key): boolean {
	return one.serial === other.serial && one.bytes.equals(other.bytes);
}

function findKey(
	keys: KernelKeys,
	ring: number,
	name: string,
): Key | undefined {
	const serial = keys.search(ring, name);
	if (isAbsent(serial)) return undefined;
	return readKey(keys, allowed(serial));
}

/** The key; undefined when there is none any more, or what is there is none of a cache. */
function readKey(keys: KernelKeys, serial: number): Key | undefined {
	const payload = Buffer.alloc(PAYLOAD_BYTES);
	const length = keys.read(serial, payload);
	const bytes = Buffer.alloc(KEY_BYTES);
	payload.copy(bytes);
	payload.fill(0);
	if (isAbsent(length)) return undefined;
	// The kernel copies nothing that is too long, and the rest of what is too short is zero: as a key, no secret.
	const isKey = [KEY_BYTES, PAYLOAD_BYTES].includes(allowed(length));
	return isKey ? { serial, bytes } : undefined;
}

function makeKey(keys: KernelKeys, ring: number, name: string): Key {
	const payload = Buffer.alloc(PAYLOAD_BYTES);
	randomBytes(KEY_BYTES).copy(payload);
	const serial = keys.add(name, payload, ring);
	payload.fill(0);
	// What the kernel has now is the key, whoever put it there.
	const key = readKey(keys, allowed(serial));
	if (key === undefined)
		throw new Error("the key of the token cache went away while it was made");
	return key;
}

/** Whether a key could be made here is only known by making one. As the Go library does when it opens a cache. */
function tryAdding(keys: KernelKeys, ring: number): void {
	const name = `azidentity-test${randomInt(2 ** 47)}`;
	const { serial, bytes } = makeKey(keys, ring, name);
	bytes.fill(0);
	keys.unlink(serial, ring);
}

function isAbsent(answer: number): boolean {
	return ABSENT.includes(-answer);
}

/** What the kernel answered, unless it refused. */
function allowed(answer: number): number {
	if (answer >= 0) return answer;
	const refusal = REFUSALS[-answer];
	if (refusal !== undefined)
		throw cannotOpen(
			`The token cache cannot be encrypted, because ${refusal}; or set unsafeAllowUnencryptedStorage.`,
		);
	throw new Error(`the kernel's keyring failed with error ${-answer}`);
}
