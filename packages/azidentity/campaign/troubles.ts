import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { CacheOnDisk } from "../test/persistent/programs.ts";
import { holder } from "./holder.ts";

/** Something that goes wrong with the disk of a cache. */
export interface Trouble {
	readonly what: string;
	/** How many warnings the caller's log has. Default 1. */
	readonly warnings?: number;
	/** Makes it go wrong. @param store Stores a token while all is well. */
	arrange(place: CacheOnDisk, store: () => Promise<unknown>): Promise<Arranged>;
}

export interface Arranged {
	/** What starts the process that meets it. */
	readonly starter?: readonly string[];
	/** Makes all well again. */
	end(): Promise<void>;
}

/** Larger than the documents of a few tokens, and with room for a few files. */
const SIZE = "size=256k";

export const TROUBLES: readonly Trouble[] = [
	mounted("a full disk", SIZE, ({ directory }) => fillUp(directory)),
	mounted("a full disk that has a document", SIZE, async (place, store) => {
		await store();
		fillUp(place.directory);
	}),
	mounted("no inodes left", "nr_inodes=2", () => {}),
	mounted(
		"no inodes left beside a document",
		"nr_inodes=5",
		async ({ directory }, store) => {
			await store();
			useUpInodes(directory);
		},
	),
	mounted("a read-only disk", SIZE, ({ directory }) => remount(directory)),
	mounted(
		"a read-only disk that has a document",
		SIZE,
		async (place, store) => {
			await store();
			remount(place.directory);
		},
	),
	traced("EIO when the document is opened", "openat:error=EIO", ""),
	traced("EIO when the document is read", "read,pread64:error=EIO", ""),
	traced(
		"EIO when the document is looked at",
		"statx,newfstatat,lstat:error=EIO",
		"",
	),
	traced("too many open files", "openat:error=EMFILE", ""),
	traced("EIO when the document is synchronised", "fdatasync:error=EIO"),
	traced(
		"no space when the document is synchronised",
		"fdatasync:error=ENOSPC",
	),
	traced(
		"the quota used up when the document is synchronised",
		"fdatasync:error=EDQUOT",
	),
	traced("EIO when the document is renamed", "rename,renameat2:error=EIO"),
	traced("no space for the new name", "rename,renameat2:error=ENOSPC"),
	traced("EIO when the lock file is opened", "openat:error=EIO", ".lockfile"),
	traced("EIO when the leases are opened", "openat:error=EIO", ".leases"),
	traced("a slow disk", "fdatasync:delay_enter=400000", undefined, 0),
	traced(
		"a slow directory",
		"rename,renameat2:delay_enter=400000",
		undefined,
		0,
	),
	{
		what: "a stopped process that keeps the document locked",
		async arrange(place) {
			const file = path.join(place.directory, place.name);
			const { child, ended } = await holder("document", file);
			child.kill("SIGSTOP");
			const end = async () => {
				child.kill("SIGKILL");
				await ended;
			};
			return { end };
		},
	},
];

/** On a file system of its own. @param arrange Makes it go wrong. */
function mounted(
	what: string,
	option: string,
	arrange: (place: CacheOnDisk, store: () => Promise<unknown>) => unknown,
): Trouble {
	return {
		what,
		async arrange(place, store) {
			const { directory } = place;
			mkdirSync(directory, { mode: 0o700 });
			const options = `mode=0700,${option}`;
			run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory);
			const end = async () => {
				run("umount", directory);
			};
			try {
				await arrange(place, store);
			} catch (error) {
				await end();
				throw error;
			}
			return { end };
		},
	};
}

/**
 * Where a system call fails or is slow. @param rule As strace has it.
 * @param ending Of the file that it is about; undefined where the call is about no other file.
 */
function traced(
	what: string,
	rule: string,
	ending?: string,
	warnings = 1,
): Trouble {
	return {
		what,
		warnings,
		async arrange({ directory, name }, store) {
			await store();
			const [calls] = rule.split(":");
			const file = path.join(directory, `${name}${ending ?? ""}`);
			const only = ending === undefined ? [] : ["-P", file];
			const starter = ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null"];
			starter.push("-e", `trace=${calls}`, "-e", `inject=${rule}`, ...only);
			return { starter, end: async () => {} };
		},
	};
}

function fillUp(directory: string): void {
	try {
		writeFileSync(path.join(directory, "all there is"), Buffer.alloc(2 ** 20));
	} catch {} // that is how it ends
}

function useUpInodes(directory: string): void {
	try {
		for (let index = 0; index < 10; index += 1)
			writeFileSync(path.join(directory, `inode ${index}`), "");
	} catch {} // that is how it ends
}

function remount(directory: string): void {
	run("mount", "-o", "remount,ro", directory);
}

function run(command: string, ...args: string[]): void {
	execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
}
