import type { StoreFailure } from "../../cache/token-store.ts";
import { CredentialUnavailableError } from "../../errors.ts";

/**
 * What the system answers where trying again does not help, and what a person can do about it. A disk that is full, failing or
 * read-only is not among it: that happens to a cache that was sound, and costs requests.
 */
const HOPELESS: Readonly<Record<string, string>> = {
	EACCES: "this user may not use it: mend its owner and permissions",
	EPERM: "this user may not use it: mend its owner and permissions",
	ELOOP: "it is a symbolic link, and none is followed there: remove it",
	EISDIR: "it is a directory: remove it",
	ENOTDIR: "where there should be a directory, there is none",
	ENXIO: "it is no regular file: remove it",
	ENAMETOOLONG: "its name is longer than the file system allows",
};

/**
 * The error of a store that cannot be opened as the program asked, and will not be.
 * @param message One sentence: what is missing and what to do.
 */
export function cannotOpen(
	message: string,
	cause?: unknown,
): CredentialUnavailableError & StoreFailure {
	const error = new CredentialUnavailableError(
		message,
		cause === undefined ? undefined : { cause },
	);
	return Object.assign(error, { cannotOpen: true });
}

/** The error to throw when the system refused this path: one that says `cannotOpen` where it will refuse again. */
export function pathFailure(path: string, error: unknown): unknown {
	const reason = HOPELESS[codeOf(error) ?? ""];
	if (reason === undefined) return error;
	return cannotOpen(
		`The token cache cannot use ${path}: ${reason}, or choose another directory for the cache.`,
		error,
	);
}

/** The system's name for what went wrong, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
	const { code } = error as { code?: unknown };
	return typeof code === "string" ? code : undefined;
}
