import { link, lstat, rename } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { log } from "../../foundation/log.ts";
import type { Text } from "../../foundation/text-pieces.ts";
import { codeOf } from "./cannot-open.ts";
import type { DocumentPlace } from "./document-place.ts";
import { fileVersion, readPrivateFile } from "./private-file.ts";
import { removeLeftovers, replaceFile } from "./replace-file.ts";
import type { Vault } from "./vault.ts";

export { ensureDirectory } from "./private-directory.ts";

/**
 * The largest file that is read: 256 MiB, and a cache of 10,000 tokens has 40. Reading takes several times that of memory,
 * and a text of Node ends at 512 MiB.
 */
const LARGEST_FILE = 256 * 2 ** 20;

/**
 * Go and Python truncate the file and write it anew, so a reader may find half of it. It counts as damaged when it stays as
 * it is over all of these pauses; when it does not, somebody is writing, and they start anew.
 */
const PAUSES_MS = [1, 2, 5, 10, 20];

/** So often a reader looks at a file that is written all the time, for 0.2 s at most. */
const MOST_LOOKS = 30;

/**
 * A file written twice within one tick of its file system's clock may look the same both times. The slowest clock, FAT's,
 * ticks every two seconds: what was read within this time after a change is compared by its bytes once more.
 */
const SLOWEST_TICK_MS = 2_000;

/** What dead processes have left is looked for at the first write, and then so seldom that it costs nothing. */
const WRITES_PER_CLEANING = 50;

/** What file systems answer that give a file one name only. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** A version of the file, and what it said. */
interface Seen {
	readonly version: string;
	/** Undefined when the file is empty or damaged. */
	readonly text: Text | undefined;
	readonly isDamaged: boolean;
	/** Whether this process wrote it. */
	readonly isOurs: boolean;
	/** What was read, until the version alone tells that it is the same. */
	bytes: Uint8Array | undefined;
	/** Whether the clock has ticked since, so that whatever is written from now on gets another version. */
	isTickOver: boolean;
}

/**
 * A document in a file of this user's alone. An unchanged file is neither read nor opened by the vault again. What the
 * vault cannot open, or what is no JSON object then, counts as no document: a reader warns of it, and the next write keeps
 * it aside as `<path>.unreadable`, unless there is an earlier one.
 *
 * Both `read` and `write` reject with an error that says `cannotOpen` when the path is no regular file or another user's.
 * @param path In a directory that `ensureDirectory` has made or checked.
 */
export function fileDocument(path: string, vault: Vault): DocumentPlace {
	const memory = memoryOfOne();
	/** On Windows, what readers of this process wait for: while they have the file open it cannot be replaced. */
	let replaced: Promise<void> | undefined;
	let writes = 0;

	async function look(purpose?: "edit"): Promise<Seen | undefined> {
		await replaced;
		const version = fileVersion(path);
		if (version === undefined) return undefined;
		const known = memory.known();
		const isSure =
			known?.version === version &&
			// Who only reads our own file loses nothing by not seeing what was written into it in the same tick.
			(known.bytes === undefined || (known.isOurs && purpose !== "edit"));
		return isSure ? known : lookInside(path, vault, memory);
	}

	return {
		async read(purpose) {
			return (await look(purpose))?.text;
		},
		async write(text) {
			// Who holds the lock has just read.
			const before = memory.known() ?? (await look());
			if (writes % WRITES_PER_CLEANING === 0) await removeLeftovers(path);
			writes += 1;
			let bytes: Uint8Array | undefined;
			const replacing = replaceFile(path, {
				async content() {
					bytes = await vault.seal(text);
					return bytes;
				},
				meanwhile: () => vault.prepare?.(),
				async beforehand() {
					if (before?.isDamaged) await keepAside(path, before.version);
				},
			});
			if (process.platform === "win32")
				replaced = replacing.then(
					() => {},
					() => {},
				);
			const isApart = await replacing;
			// Under the lock: what is there now is what was just written.
			const version = fileVersion(path);
			if (version === undefined) return;
			// A copy: the vault uses its memory again.
			const kept = isApart ? undefined : bytes && Uint8Array.from(bytes);
			const seen = seenAs(version, kept, text);
			memory.keep({ ...seen, isOurs: true });
		},
	};
}

/** Reads the file, and opens it unless it is what is known; looks again while it may be half written. */
async function lookInside(
	path: string,
	vault: Vault,
	memory: Memory,
): Promise<Seen | undefined> {
	let seen: Seen | undefined;
	let pauses = PAUSES_MS.values();
	for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
		const known = memory.known();
		// The clock must have ticked before the file is read.
		const isTickOver = known?.isTickOver === true;
		const found = await readPrivateFile(path, LARGEST_FILE);
		if (found === undefined) return undefined;
		const { version, bytes } = found;
		if (known?.version === version && isSame(known.bytes, bytes)) {
			if (isTickOver) known.bytes = undefined;
			return known;
		}
		if (seen?.version !== version || !isSame(seen.bytes, bytes)) {
			seen = await openedBy(vault, version, bytes);
			pauses = PAUSES_MS.values();
		}
		const { value, done } = pauses.next();
		if (seen.text !== undefined || bytes === undefined || done) break;
		await pause(value);
	}
	if (seen === undefined) return undefined;
	if (seen.isDamaged && memory.known()?.version !== seen.version) warn(path);
	return memory.keep(seen);
}

interface Memory {
	known(): Seen | undefined;
	keep(seen: Seen): Seen;
}

/** Remembers the version that was seen last, and whether the clock has ticked since. */
function memoryOfOne(): Memory {
	let last: Seen | undefined;
	let timer: NodeJS.Timeout | undefined;
	return {
		known: () => last,
		keep(seen) {
			clearTimeout(timer);
			last = seen;
			timer = setTimeout(() => {
				seen.isTickOver = true;
			}, SLOWEST_TICK_MS).unref();
			return seen;
		},
	};
}

async function openedBy(
	vault: Vault,
	version: string,
	bytes: Uint8Array | undefined,
): Promise<Seen> {
	if (bytes?.length === 0) return seenAs(version, bytes, undefined);
	const text = bytes && (await vault.open(bytes));
	const isDocument = text !== undefined && isObjectAtBothEnds(text);
	const seen = seenAs(version, bytes, isDocument ? text : undefined);
	return { ...seen, isDamaged: !isDocument };
}

/**
 * A vault opens all of a text or nothing, so its ends tell an object from what is none. To parse a megabyte for it,
 * which the reader of the document does again, would cost each process milliseconds.
 */
function isObjectAtBothEnds(text: string): boolean {
	return /^\s*\{/.test(text) && text.trimEnd().endsWith("}");
}

function seenAs(
	version: string,
	bytes: Uint8Array | undefined,
	text: Text | undefined,
): Seen {
	return {
		version,
		text,
		isDamaged: false,
		isOurs: false,
		bytes,
		isTickOver: false,
	};
}

function isSame(
	one: Uint8Array | undefined,
	other: Uint8Array | undefined,
): boolean {
	if (one === undefined || other === undefined) return one === other;
	return Buffer.compare(one, other) === 0;
}

function warn(path: string): void {
	log.warning(
		`the token cache ${path} cannot be opened (it is damaged or too large, or its key is gone) and counts as empty; the next write keeps it aside as ${asideOf(path)}, unless something is kept there already`,
	);
}

/** A second name for what the new file is about to replace: the document is never gone from its place. */
async function keepAside(path: string, version: string): Promise<void> {
	// Not everybody takes the lock. What took its place meanwhile is not what could not be opened.
	if (fileVersion(path) !== version) return;
	const aside = asideOf(path);
	try {
		await link(path, aside);
	} catch (error) {
		const code = codeOf(error) ?? "";
		if (code === "EEXIST") return;
		if (!NO_LINKS.includes(code)) throw error;
		const found = await lstat(aside).catch(codeOf);
		if (found === "ENOENT") await rename(path, aside);
	}
}

function asideOf(path: string): string {
	return `${path}.unreadable`;
}
