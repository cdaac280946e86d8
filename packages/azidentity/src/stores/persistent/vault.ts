import type { Text } from "../../foundation/text-pieces.ts";

/** Turns a document into what may lie on disk, and back. One per document; it loads native code on first use only. */
export interface Vault {
	/** Rejects with an error that says `cannotOpen` when the platform has no place for keys. Makes no key. */
	check(): Promise<void>;
	/** What may lie on disk; valid until the next one is. Makes a key when there is none. Rejects with a `StoreFailure` when it cannot be had. */
	seal(text: Text): Promise<Uint8Array>;
	/** Makes ready for sealing the next document, while the last one is being written. Costs nothing where it gains nothing. */
	prepare?(): void;
	/**
	 * The document again, or undefined when it cannot be opened: damaged, another user's, or its key is gone.
	 * Rejects with a `StoreFailure` that says `cannotOpen` when the platform has no place for keys.
	 */
	open(sealed: Uint8Array): Promise<string | undefined>;
}
