import type { Text } from "../../foundation/text-pieces.ts";

/** Where one document lies: a file, or a keychain item. */
export interface DocumentPlace {
	/**
	 * The document, or undefined when there is none. What cannot be opened is none either: it is kept aside
	 * once, with a warning. Takes no lock: a reader sees the old document or the new one, never half of either.
	 * @param purpose "edit" for those who hold the lock and will write: then what was read before is not trusted
	 * while its file system's clock may not have ticked since.
	 */
	read(purpose?: "edit"): Promise<Text | undefined>;
	/** Replaces the document. Only for those who hold the lock. Resolved means: its content is on disk. */
	write(text: Text): Promise<void>;
}
