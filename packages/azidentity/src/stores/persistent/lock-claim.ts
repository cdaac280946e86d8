import { randomBytes } from "node:crypto";
import {
	closeSync,
	constants,
	fstatSync,
	openSync,
	readSync,
	unlinkSync,
} from "node:fs";
import { codeOf } from "./cannot-open.ts";

/** What the content of a lock file says about who has it, before its lock is tried. */
export type Claim =
	/** Nobody: its process is gone, or it was one of ours, which never leave a file that they are done with. */
	| "none"
	/** Somebody, whether it is locked or not. */
	| "held"
	/** A process that lives: when the file is not locked, that process is about to remove it. */
	| "leaving";

/** A lock file holds a process number and a program's path. */
const LONGEST_CONTENT = 4_096;

/** Python makes the file, then locks it; JavaScript makes it, then writes into it. Both take far less than this. */
const NAMELESS_MS = 100;

/**
 * MSAL for JavaScript locks by the file's existence alone, for milliseconds. Python takes over what is older than this;
 * its process may have failed to remove the file and live on.
 */
const EXISTENCE_MS = 5_000;

/** Go writes `{pid} {program}`, Python, .NET and we `pid program`, JavaScript `pid`. */
const CONTENT = /^\{?(\d{1,10})\}?(?: (.*))?$/s;

/**
 * Reads who claims the open lock file. The other libraries do not lock in one step, and JavaScript not at all, so a file
 * that nobody has locked may still be somebody's.
 * @param program What we write into lock files of our own.
 */
export function claimOf(path: string, fd: number, program: string): Claim {
	const content = contentOf(fd);
	if (content === undefined) return "held";
	if (content === "") return isYoung(path, fd, NAMELESS_MS) ? "held" : "none";
	const [, pid, maker] = CONTENT.exec(content) ?? [];
	if (pid === undefined || maker === program || !isAlive(Number(pid)))
		return "none";
	if (maker !== undefined) return "leaving";
	return isYoung(path, fd, EXISTENCE_MS) ? "held" : "none";
}

/** Whether a process of this number lives, whoever runs it. */
export function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return codeOf(error) === "EPERM";
	}
}

function contentOf(fd: number): string | undefined {
	const buffer = Buffer.alloc(LONGEST_CONTENT);
	try {
		const length = readSync(fd, buffer, 0, buffer.length, 0);
		return buffer.toString("utf8", 0, length).trim();
	} catch (error) {
		// On Windows a locked file cannot be read.
		if (codeOf(error) === "EBUSY") return undefined;
		throw error;
	}
}

/**
 * Whether the file was last written less than `limit` milliseconds ago, by the clock of its file system: on a network drive
 * that is not this machine's. A time far in the future makes nothing young.
 */
function isYoung(path: string, fd: number, limit: number): boolean {
	const probe = `${path}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
	const { O_CREAT, O_EXCL, O_WRONLY } = constants;
	const clock = openSync(probe, O_WRONLY | O_CREAT | O_EXCL, 0o600);
	try {
		const age = fstatSync(clock).mtimeMs - fstatSync(fd).mtimeMs;
		return Math.abs(age) < limit;
	} finally {
		closeSync(clock);
		unlinkSync(probe);
	}
}
