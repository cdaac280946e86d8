import { jsonObject } from "../../../foundation/json-object.ts";
import { whole } from "../../../foundation/text-pieces.ts";
import type { Vault } from "../vault.ts";

/**
 * No vault at all: the document lies on disk as it is, for those who allowed that by name. What protects it
 * is the mode of its file.
 */
export function plainVault(): Vault {
	return {
		async check() {},
		async seal(text) {
			return Buffer.from(whole(text));
		},
		async open(sealed) {
			const text = utf8(sealed);
			// Half a document, or one that somebody encrypted, counts as one that cannot be opened: it is kept aside
			// and not written over.
			if (text === undefined || jsonObject(text) === undefined)
				return undefined;
			return text;
		},
	};
}

function utf8(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return undefined; // no text, or more than a string can hold
	}
}
