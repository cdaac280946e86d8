import { constants } from "node:fs";
import {
	chmod,
	type FileHandle,
	lstat,
	mkdir,
	open,
	stat,
} from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { cannotOpen, codeOf, pathFailure } from "./cannot-open.ts";

const OWNER_ONLY = 0o700;
const RIGHTS_OF_OTHERS = 0o077;

/**
 * Makes the directory, and those above it that are missing, for this user alone whatever the umask; or checks one that is
 * there. Others' rights on a directory of this user are taken away: the lock code of other libraries makes it without
 * care. Rejects with an error that says `cannotOpen` when it is somebody else's, or no directory.
 *
 * On Windows it is only made: modes do not exist there, and who may use what is in the user's own folders (LOCALAPPDATA)
 * is up to their access lists, which are inherited.
 */
export async function ensureDirectory(directory: string): Promise<void> {
	const path = resolve(directory);
	try {
		await make(path);
		if (process.platform !== "win32") await close(path);
	} catch (error) {
		throw pathFailure(path, error);
	}
}

async function make(path: string): Promise<void> {
	if (await makeOne(path)) return;
	await make(dirname(path));
	if (!(await makeOne(path)))
		throw cannotOpen(
			`The token cache cannot be kept in ${path}: the directory above it is a link to nothing. Remove the link, or choose another directory for the cache.`,
		);
}

/** Whether it is there now; if not, what it should be in is missing. */
async function makeOne(path: string): Promise<boolean> {
	try {
		await mkdir(path, OWNER_ONLY);
	} catch (error) {
		const code = codeOf(error);
		if (code === "EEXIST") return true;
		if (code === "ENOENT" && dirname(path) !== path) return false;
		throw error;
	}
	// A umask may take rights away from the owner as well.
	if (process.platform !== "win32") await chmod(path, OWNER_ONLY);
	return true;
}

/** Closes the directory to others. It is opened once, so that what is checked is what is changed. */
async function close(path: string): Promise<void> {
	await checkLink(path);
	const { O_RDONLY, O_DIRECTORY } = constants;
	const directory = await open(path, O_RDONLY | O_DIRECTORY);
	try {
		await checkAndTighten(path, directory);
	} finally {
		await directory.close();
	}
}

/** A user may keep the cache elsewhere by a link; nobody else may decide where it is kept. */
async function checkLink(path: string): Promise<void> {
	const link = await lstat(path);
	if (!link.isSymbolicLink()) return;
	const isTrusted = [0, process.geteuid?.()].includes(link.uid);
	const leadsSomewhere = (await stat(path).catch(codeOf)) !== "ENOENT";
	if (isTrusted && leadsSomewhere) return;
	throw cannotOpen(
		`The token cache cannot be kept in ${path}: it is a symbolic link ${isTrusted ? "to nothing" : `of another user (${link.uid})`}. Remove it, or choose another directory for the cache.`,
	);
}

async function checkAndTighten(
	path: string,
	directory: FileHandle,
): Promise<void> {
	const before = await directory.stat();
	const user = process.geteuid?.();
	if (before.uid !== user)
		throw cannotOpen(
			`The token cache cannot be kept in ${path}: the directory belongs to another user (${before.uid}, this program runs as ${user}). Choose another directory for the cache.`,
		);
	if ((before.mode & RIGHTS_OF_OTHERS) === 0) return;
	await directory.chmod(before.mode & OWNER_ONLY);
	const after = await directory.stat();
	if ((after.mode & RIGHTS_OF_OTHERS) === 0) return;
	throw cannotOpen(
		`The token cache cannot be kept in ${path}: other users may use the directory, and its file system does not let that be changed. Choose another directory for the cache.`,
	);
}
