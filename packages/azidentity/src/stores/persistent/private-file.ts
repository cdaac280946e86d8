import { type BigIntStats, constants, lstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { cannotOpen, codeOf, pathFailure } from "./cannot-open.ts";

const OWNER_ONLY = 0o600;
const RIGHTS_OF_OTHERS = 0o077n;

/** A file as it was read. */
export interface FoundFile {
	/** Another one whenever the file was replaced or written to, as far as its file system's clock can tell. */
	readonly version: string;
	/** Undefined when there is more than was asked for. */
	readonly bytes: Buffer | undefined;
}

/**
 * Which version of the file is there; undefined when there is no file. Throws an error that says `cannotOpen` when it is no
 * regular file, or another user's. Synchronous: it takes a tenth of what the way to another thread and back does.
 */
export function fileVersion(path: string): string | undefined {
	try {
		const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
		if (found === undefined) return undefined;
		check(path, found);
		return versionOf(found);
	} catch (error) {
		throw pathFailure(path, error);
	}
}

/**
 * Reads a file that is this user's alone; undefined when there is none. Others' rights on it are taken away.
 * Rejects with what `fileVersion` throws.
 * @param limit In bytes.
 */
export async function readPrivateFile(
	path: string,
	limit: number,
): Promise<FoundFile | undefined> {
	// Who opens a pipe would wait for its writer; Windows has neither of these flags.
	const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
	let file: FileHandle | undefined;
	try {
		file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
		return await read(path, file, limit);
	} catch (error) {
		if (codeOf(error) === "ENOENT") return undefined;
		throw pathFailure(path, error);
	} finally {
		await file?.close();
	}
}

async function read(
	path: string,
	file: FileHandle,
	limit: number,
): Promise<FoundFile> {
	let found = await file.stat({ bigint: true });
	check(path, found);
	if (process.platform !== "win32" && found.mode & RIGHTS_OF_OTHERS) {
		await file.chmod(OWNER_ONLY);
		found = await file.stat({ bigint: true });
	}
	// The version is taken before: when somebody writes meanwhile, the next reader sees another one.
	const version = versionOf(found);
	if (found.size > limit) return { version, bytes: undefined };
	return { version, bytes: await file.readFile() };
}

function check(path: string, found: BigIntStats): void {
	if (!found.isFile())
		throw cannotOpen(
			`The token cache cannot be kept in ${path}: that is ${kindOf(found)}, and no regular file. Remove it, or choose another directory for the cache.`,
		);
	const user = process.geteuid?.();
	if (user === undefined || found.uid === BigInt(user)) return;
	throw cannotOpen(
		`The token cache cannot be kept in ${path}: the file belongs to another user (${found.uid}, this program runs as ${user}). Remove it, or choose another directory for the cache.`,
	);
}

function kindOf(found: BigIntStats): string {
	if (found.isSymbolicLink()) return "a symbolic link";
	if (found.isDirectory()) return "a directory";
	if (found.isFIFO()) return "a pipe";
	return found.isSocket() ? "a socket" : "a device";
}

function versionOf(found: BigIntStats): string {
	const { dev, ino, size, mtimeNs, ctimeNs } = found;
	return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}
