import { type Text, whole } from "../../../foundation/text-pieces.ts";
import { cannotOpen } from "../cannot-open.ts";
import { protect, unprotect } from "../native/dpapi.ts";
import type { Vault } from "../vault.ts";

/** What `check` sends there and back. */
const PROBE = "azidentity";

/**
 * Windows keeps the key: the file is one DPAPI blob of the current user, without entropy, as the Go, .NET,
 * Python and JavaScript libraries write and read it. Strings cannot be wiped, so a document is in this
 * process's memory for as long as the program keeps it; the buffers it passes through are wiped.
 */
export function windowsDpapiVault(): Vault {
	async function seal(text: Text): Promise<Uint8Array> {
		const plain = new TextEncoder().encode(whole(text));
		try {
			return await protect(plain);
		} finally {
			plain.fill(0);
		}
	}

	async function open(sealed: Uint8Array): Promise<string | undefined> {
		const plain = await unprotect(sealed);
		if (plain === undefined) return undefined;
		try {
			return decoded(plain);
		} finally {
			plain.fill(0);
		}
	}

	return {
		async check() {
			try {
				if ((await open(await seal(PROBE))) === PROBE) return;
			} catch (error) {
				throw unusable(error);
			}
			throw unusable("what it encrypts does not open again");
		},
		seal,
		open,
	};
}

/** The text, or undefined when it is none: somebody's blob, but no document. */
function decoded(bytes: Uint8Array): string | undefined {
	try {
		// A byte order mark is part of the text, as everywhere else.
		const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
		return decoder.decode(bytes);
	} catch {
		return undefined;
	}
}

function unusable(reason: unknown): Error {
	const said = reason instanceof Error ? reason.message : reason;
	return cannotOpen(
		`The token cache cannot be encrypted, because Windows data protection (DPAPI) does not work for this user: ${said}. ` +
			"Run with the user's profile loaded; or set unsafeAllowUnencryptedStorage.",
		reason,
	);
}
