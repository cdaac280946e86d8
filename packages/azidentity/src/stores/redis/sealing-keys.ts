import { createSecretKey, type KeyObject } from "node:crypto";

/** A key that documents are sealed with. */
export interface SealingKey {
	/** Names the key in what it sealed: up to 64 letters, digits, dots, dashes and underscores. Never reused for another key. */
	readonly id: string;
	/** 256 random bits: 32 bytes, or their base64 (`openssl rand -base64 32`). */
	readonly key: Uint8Array | string;
}

/** The part of the options that says how documents are kept. */
export interface SealingOptions {
	/** The keys, newest first: the first one seals, and all of them open. */
	keys?: readonly SealingKey[];
	/**
	 * Whether documents may lie in Redis as plain text, where whoever can read Redis, its backups and its replication has
	 * the tokens. Default false. With `keys` as well, documents are sealed, and those that were not are still read.
	 */
	unsafeAllowUnencryptedStorage?: boolean;
}

/** The keys by their ids, newest first; none where documents may be plain text. */
export type SealingKeys = ReadonlyMap<string, KeyObject>;

/** AES-256. */
const KEY_BYTES = 32;

/**
 * The keys to seal with.
 * @throws TypeError when there are none, or what is given is none. No key is ever shown.
 */
export function sealingKeys(options: SealingOptions): SealingKeys {
	const { keys, unsafeAllowUnencryptedStorage = false } = options;
	if (keys !== undefined && !Array.isArray(keys))
		throw refusal("the option keys must be a list of { id, key }");
	if (!keys?.length && unsafeAllowUnencryptedStorage !== true)
		throw refusal(
			"the option keys is missing, and documents are not kept in Redis unencrypted. Pass keys: [{ id, key }] with 32 random bytes as key",
		);
	const known = new Map<string, KeyObject>();
	for (const { id, key } of (keys ?? []).map(checked)) {
		if (known.has(id))
			throw refusal(`two keys have the id "${id}". Give each its own`);
		known.set(id, key);
	}
	return known;
}

function checked(given: unknown): { id: string; key: KeyObject } {
	const { id, key } = Object(given) as { id?: unknown; key?: unknown };
	if (typeof id !== "string" || !/^[\w.-]{1,64}$/.test(id))
		throw refusal(
			"the id of each key must have 1 to 64 letters, digits, dots, dashes and underscores",
		);
	const bytes = typeof key === "string" ? fromBase64(key) : key;
	if (!(bytes instanceof Uint8Array) || bytes.length !== KEY_BYTES)
		throw refusal(
			`the key "${id}" must have ${KEY_BYTES} bytes, as a Uint8Array or as base64. Make one by "openssl rand -base64 32"`,
		);
	// Copied, and shown by nothing that prints it.
	return { id, key: createSecretKey(bytes) };
}

/** The bytes, when it is base64 or base64url and nothing else. */
function fromBase64(text: string): Uint8Array | undefined {
	const isBase64 = /^[\w+/-]{43}=?$/.test(text);
	return isBase64 ? Buffer.from(text, "base64") : undefined;
}

function refusal(message: string): TypeError {
	return new TypeError(`redisStore: ${message}.`);
}
