import { readFileSync } from "node:fs";
import type { CredentialUnavailableError } from "../errors.ts";
import { codeOf } from "../foundation/redact.ts";
import { isCertificateBundle } from "./certificate-bundle.ts";

/** Makes the error for a file that cannot be used. */
export type Refuse = (
	reason: string,
	cause?: unknown,
) => CredentialUnavailableError;

/**
 * The certificates in a file that others may replace at any time: read now, and anew at each call. An
 * empty file changes nothing, for it is about to be filled; one that cannot be used fails that call only.
 * The result is one and the same string while the file does not change.
 * @throws what `refuse` makes, when the file cannot be used now.
 */
export function trustedFile(
	path: string,
	refuse: Refuse,
): () => Promise<string> {
	let current: string | undefined;

	function take(text: string): string {
		if (current !== undefined && (text === "" || text === current))
			return current;
		if (text === "") throw refuse(`the file ${path} is empty`);
		if (!isCertificateBundle(text))
			throw refuse(
				`the file ${path} is not a list of certificates in PEM, or one of them cannot be read`,
			);
		current = text;
		return current;
	}
	const unreadable = (cause: unknown) =>
		refuse(
			`the file ${path} cannot be read (${codeOf(cause) ?? "unknown reason"})`,
			cause,
		);

	take(readNow(path, unreadable));
	return async () => {
		// With it come streams, which would slow every import of the package.
		const { readFile } = await import("node:fs/promises");
		return take(
			await readFile(path, "utf8").catch((cause) => {
				throw unreadable(cause);
			}),
		);
	};
}

function readNow(path: string, unreadable: (cause: unknown) => Error): string {
	try {
		return readFileSync(path, "utf8");
	} catch (cause) {
		throw unreadable(cause);
	}
}
