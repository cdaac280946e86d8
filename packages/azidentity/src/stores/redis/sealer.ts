import {
	createCipheriv,
	createDecipheriv,
	type KeyObject,
	randomBytes,
} from "node:crypto";
import type { SealingKeys } from "./sealing-keys.ts";

/** What every value of ours begins with: the form of what follows. */
export const FORM = "azid1:";

/** 96 bits, as GCM wants them, and random: some four billion values may be sealed under one key. */
const NONCE_BYTES = 12;
const NONCE_LENGTH = 16;
const TAG_BYTES = 16;

/** What tells one writing of a value from any other: its form and its nonce. */
export const VERSION_LENGTH = FORM.length + NONCE_LENGTH;

/** Form, nonce, the key's id (none for plain text) and what was sealed. */
const VALUE = /^azid1:([\w-]{16}):([\w.-]{0,64}):/;

/** Why a value cannot be opened. */
export type Unreadable = "foreign" | "unknown key" | "damaged" | "unsealed";

export type Opened = { readonly text: string } | { readonly why: Unreadable };

/**
 * Seals texts by AES-256-GCM under the newest key, and opens those of all keys. What a text is sealed for is its associated
 * data, so that nothing opens in the place of something else.
 */
export class Sealer {
	readonly #keys: SealingKeys;
	readonly #newest: readonly [id: string, key: KeyObject] | undefined;
	readonly #opensPlain: boolean;

	/** @param opensPlain Whether what is not sealed is opened; without keys, it is also what is made. */
	constructor(keys: SealingKeys, opensPlain: boolean) {
		this.#keys = keys;
		[this.#newest] = keys;
		this.#opensPlain = opensPlain;
	}

	seal(text: string, purpose: string): string {
		const nonce = randomBytes(NONCE_BYTES);
		const start = `${FORM}${nonce.toString("base64url")}:`;
		if (this.#newest === undefined) return `${start}:${text}`;
		const [id, key] = this.#newest;
		const cipher = createCipheriv("aes-256-gcm", key, nonce);
		cipher.setAAD(Buffer.from(`${FORM}${id}:${purpose}`));
		const sealed = [
			cipher.update(text, "utf8"),
			cipher.final(),
			cipher.getAuthTag(),
		];
		return `${start}${id}:${Buffer.concat(sealed).toString("base64")}`;
	}

	open(value: string, purpose: string): Opened {
		const parts = VALUE.exec(value);
		if (parts === null) return { why: "foreign" };
		const [start, nonce = "", id = ""] = parts;
		const rest = value.slice(start.length);
		if (id === "")
			return this.#opensPlain ? { text: rest } : { why: "unsealed" };
		const key = this.#keys.get(id);
		if (key === undefined) return { why: "unknown key" };
		try {
			return { text: unsealed(key, nonce, `${FORM}${id}:${purpose}`, rest) };
		} catch {
			return { why: "damaged" };
		}
	}
}

function unsealed(
	key: KeyObject,
	nonce: string,
	associated: string,
	sealed: string,
): string {
	const bytes = Buffer.from(sealed, "base64");
	const decipher = createDecipheriv(
		"aes-256-gcm",
		key,
		Buffer.from(nonce, "base64url"),
		{ authTagLength: TAG_BYTES },
	);
	decipher.setAAD(Buffer.from(associated));
	decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
	// Nothing of it is used before `final` has found it whole.
	const text = decipher.update(bytes.subarray(0, -TAG_BYTES));
	return Buffer.concat([text, decipher.final()]).toString("utf8");
}
