import { CredentialUnavailableError } from "../errors.ts";
import { codeOf } from "../foundation/redact.ts";

/** A file that somebody else, such as the kubelet, keeps filled with an assertion that is valid. */
export interface AssertionFile {
	/** What the file held within the last second. */
	read(): Promise<string>;
	/** What it holds now. */
	readAgain(): Promise<string>;
}

/** A program that asks for many tokens at once reads the file once; nobody rotates it that often. */
const SHARED_FOR_MS = 1_000;

/**
 * The assertion in the file at `path`. Nothing is read before it is needed, and a failure is never remembered.
 * The methods reject with a CredentialUnavailableError that names the path.
 */
export function assertionFile(
	credentialName: string,
	path: string,
	now: () => number = Date.now,
): AssertionFile {
	let last: { at: number; assertion: Promise<string> } | undefined;

	function readAgain(): Promise<string> {
		const reading = { at: now(), assertion: contentOf(credentialName, path) };
		last = reading;
		reading.assertion.catch(() => {
			if (last === reading) last = undefined;
		});
		return reading.assertion;
	}

	return {
		read() {
			// A clock that was turned back must not keep a reading for good.
			const isRecent =
				last !== undefined && Math.abs(now() - last.at) < SHARED_FOR_MS;
			return isRecent && last ? last.assertion : readAgain();
		},
		readAgain,
	};
}

async function contentOf(
	credentialName: string,
	path: string,
): Promise<string> {
	const { readFile } = await import("node:fs/promises");
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (cause) {
		throw new CredentialUnavailableError(
			`${credentialName}: the token file ${path} cannot be read (${codeOf(cause) ?? "unknown reason"}). Check that the path is right and that this process may read the file.`,
			{ cause },
		);
	}
	const assertion = text.trim();
	if (assertion !== "") return assertion;
	throw new CredentialUnavailableError(
		`${credentialName}: the token file ${path} is empty. It is filled by what issues the tokens, such as the kubelet: check that it does.`,
	);
}
