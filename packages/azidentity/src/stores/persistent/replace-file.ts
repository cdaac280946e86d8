import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import {
	type FileHandle,
	open,
	readdir,
	rename,
	unlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { codeOf, pathFailure } from "./cannot-open.ts";
import { isAlive } from "./lock-claim.ts";
import { ensureDirectory } from "./private-directory.ts";

const OWNER_ONLY = 0o600;

/**
 * On Windows a file may not be replaced while anybody has it open. Each reader has for a moment, but they may take turns:
 * so it is tried often, and for more than a second.
 */
const PAUSES_ON_WINDOWS_MS = [
	...Array<number>(20).fill(1),
	...Array<number>(20).fill(5),
	...Array<number>(60).fill(20),
];

/** The files that this process is writing now; others with its number were left by an earlier process. */
const inWork = new Set<string>();

/**
 * Replaces the file by one of this user's alone, whatever the umask. It is written beside and renamed, so that every
 * reader, and a machine that stops at any moment, finds the old content or the new one. Its content is on disk before it
 * gets its name; the directory is not waited for, since a machine that stops at that moment loses one request by it.
 * @param beforehand What is to be done when the new file is complete, just before it takes the place of the old one.
 */
export async function replaceFile(
	path: string,
	content: Uint8Array,
	beforehand: () => Promise<void>,
): Promise<void> {
	const beside = `${path}.${process.pid}.${randomBytes(8).toString("hex")}.tmp`;
	inWork.add(beside);
	try {
		await writeBeside(beside, content);
		await beforehand();
		await moveIntoPlace(beside, path);
	} catch (error) {
		await unlink(beside).catch(() => {});
		throw pathFailure(path, error);
	} finally {
		inWork.delete(beside);
	}
}

/** Removes what processes that died while writing this file have left beside it. Never rejects. */
export async function removeLeftovers(path: string): Promise<void> {
	const directory = dirname(path);
	const names = await readdir(directory).catch(() => []);
	for (const name of names) {
		const pid = writerOf(name, basename(path));
		if (pid === undefined) continue;
		const leftover = join(directory, name);
		const isInWork = pid === process.pid ? inWork.has(leftover) : isAlive(pid);
		if (!isInWork) await unlink(leftover).catch(() => {});
	}
}

/** The process that wrote this temporary file of `base`; undefined when it is none. */
function writerOf(name: string, base: string): number | undefined {
	if (!name.startsWith(`${base}.`)) return undefined;
	const rest = name.slice(base.length);
	const [, pid] = /^\.(\d{1,10})\.[0-9a-f]{16}\.tmp$/.exec(rest) ?? [];
	return pid === undefined ? undefined : Number(pid);
}

async function writeBeside(path: string, content: Uint8Array): Promise<void> {
	const file = await create(path);
	try {
		// A umask may take rights away from the owner as well. Nobody else ever had any.
		if (process.platform !== "win32") await file.chmod(OWNER_ONLY);
		await file.writeFile(content);
		await file.datasync();
	} finally {
		await file.close();
	}
}

async function create(path: string): Promise<FileHandle> {
	const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
	const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
	try {
		return await open(path, flags, OWNER_ONLY);
	} catch (error) {
		if (codeOf(error) !== "ENOENT") throw error;
		await ensureDirectory(dirname(path)); // somebody has cleaned up while this process ran
		return open(path, flags, OWNER_ONLY);
	}
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
	if (process.platform !== "win32") return rename(from, to);
	let reason: unknown;
	for (const milliseconds of [0, ...PAUSES_ON_WINDOWS_MS]) {
		await pause(milliseconds);
		try {
			return await rename(from, to);
		} catch (error) {
			if (!["EPERM", "EACCES", "EBUSY"].includes(codeOf(error) ?? ""))
				throw error;
			reason = error;
		}
	}
	// Without a code: a virus scanner that keeps the file open costs this write, and does not close the cache for good.
	throw new Error(`${to} is kept open by another program`, { cause: reason });
}
