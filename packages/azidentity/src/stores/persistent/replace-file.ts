import { randomBytes, randomInt } from "node:crypto";
import {
	close,
	closeSync,
	constants,
	fchmodSync,
	fdatasync,
	fstatSync,
	futimesSync,
	openSync,
	renameSync,
	write,
} from "node:fs";
import { readdir, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { codeOf, pathFailure } from "./cannot-open.ts";
import { isAlive } from "./lock-claim.ts";
import { ensureDirectory } from "./private-directory.ts";

const OWNER_ONLY = 0o600;

const closeFile = promisify(close);
const synchronise = promisify(fdatasync);
const writeFile = promisify(write);

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

/** What replaces a file. */
interface Replacement {
	/** Called while the new file is being made. */
	readonly content: () => Promise<Uint8Array>;
	/** What there is time for while the content is on its way to the disk. It must not throw. */
	readonly meanwhile: () => void;
	/** What is to be done when the new file is complete, just before it takes the place of the old one. */
	readonly beforehand: () => Promise<void>;
}

/**
 * Replaces the file by one of this user's alone, whatever the umask. It is written beside and renamed, so that every
 * reader, and a machine that stops at any moment, finds the old content or the new one. Its content is on disk before it
 * gets its name; the directory is not waited for, since a machine that stops at that moment loses one request by it.
 * @returns Whether the version of the file is told from that of any later one, however soon that is written.
 */
export async function replaceFile(
	path: string,
	{ content, meanwhile, beforehand }: Replacement,
): Promise<boolean> {
	const beside = `${path}.${process.pid}.${randomBytes(8).toString("hex")}.tmp`;
	inWork.add(beside);
	try {
		const isApart = await writeBeside(beside, content, meanwhile);
		await beforehand();
		await moveIntoPlace(beside, path);
		return isApart;
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

/** Returns what {@link replaceFile} returns. */
async function writeBeside(
	path: string,
	content: Replacement["content"],
	meanwhile: Replacement["meanwhile"],
): Promise<boolean> {
	const bytes = await content();
	const fd = await create(path);
	try {
		const written = writeAll(fd, bytes);
		meanwhile();
		await written;
		const isApart = setApart(fd);
		await synchronise(fd);
		return isApart;
	} finally {
		closeSync(fd);
	}
}

async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
	for (let at = 0; at < bytes.length; )
		at += (await writeFile(fd, bytes, at)).bytesWritten;
}

/**
 * Moves the time of the last change back by a fraction of a millisecond. Whoever changes the file from now on, even within
 * the same tick of its file system's clock, gives it a later time: its version tells that it was changed.
 */
function setApart(fd: number): boolean {
	try {
		const { atimeMs, mtimeNs } = fstatSync(fd, { bigint: true });
		const micros = randomInt(1, 1_000);
		futimesSync(
			fd,
			Number(atimeMs) / 1_000,
			Number(mtimeNs) / 1e9 - micros / 1e6,
		);
		return fstatSync(fd, { bigint: true }).mtimeNs < mtimeNs;
	} catch {
		return false; // not every file system lets times be set
	}
}

/** Synchronously: the way to another thread and back takes five times as long. */
async function create(path: string): Promise<number> {
	const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
	const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
	const make = () => openSync(path, flags, OWNER_ONLY);
	let fd: number;
	try {
		fd = make();
	} catch (error) {
		if (codeOf(error) !== "ENOENT") throw error;
		await ensureDirectory(dirname(path)); // somebody has cleaned up while this process ran
		fd = make();
	}
	// A umask may take rights away from the owner as well. Nobody else ever had any.
	const hasModes = process.platform !== "win32";
	if (hasModes && (fstatSync(fd).mode & 0o777) !== OWNER_ONLY)
		fchmodSync(fd, OWNER_ONLY);
	return fd;
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
	if (process.platform !== "win32") return moveOver(from, to);
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

/**
 * To give back the space of a file that is replaced takes half a millisecond, a rename a tenth of that. So the old file is
 * held open over it, and its last descriptor closed by another thread.
 */
function moveOver(from: string, to: string): void {
	const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
	let old: number | undefined;
	try {
		old = openSync(to, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	} catch {} // none is there, or one that is not ours to read
	try {
		renameSync(from, to);
	} finally {
		if (old !== undefined) closeFile(old).catch(() => {});
	}
}
