import {
	chmodSync,
	chownSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { cacheUnderTest } from "../cache-under-test.ts";
import type { DamageJob } from "./damaged-bytes.ts";

/** A user that is neither root nor whoever runs the campaign. */
const SOMEBODY = 12_345;
const STORED = "https://stored.example/.default";
const OTHER = "https://other.example/.default";

/** Larger than whatever is read, and than what a program may hold in memory; on disk it takes nothing. */
const HUGE = 5 * 2 ** 30;

/** Something other than a document of this user's where the document should be. */
interface Strange {
	readonly what: string;
	/** Puts it in the document's place. */
	make(file: string): void;
	/** What a caller gets: the token that was stored; a new one; or an error that says what to remove, until it is removed. */
	readonly gets: "stored" | "new" | "error";
	/** What must be so afterwards, in words; undefined when it is. */
	after?(file: string): string | undefined;
}

const STRANGE: readonly Strange[] = [
	{
		what: "an empty file",
		make: (file) => truncateSync(file, 0),
		gets: "new",
		after: (file) =>
			existsSync(`${file}.unreadable`) ? "it is kept aside" : undefined,
	},
	{
		what: "a huge file",
		make: (file) => truncateSync(file, HUGE),
		gets: "new",
		after: (file) =>
			lstatSync(`${file}.unreadable`).size === HUGE
				? undefined
				: "it is not kept aside",
	},
	{
		what: "a directory",
		make(file) {
			rmSync(file);
			mkdirSync(file);
			writeFileSync(path.join(file, "in it"), "");
		},
		gets: "error",
		after: (file) =>
			existsSync(path.join(file, "in it")) ? undefined : "it was emptied",
	},
	{
		what: "a symbolic link to the document",
		make(file) {
			renameSync(file, `${file}.elsewhere`);
			symlinkSync(`${file}.elsewhere`, file);
		},
		gets: "error",
	},
	{
		what: "a symbolic link to a file of others",
		make(file) {
			rmSync(file);
			writeFileSync(`${file}.victim`, "precious", { mode: 0o644 });
			symlinkSync(`${file}.victim`, file);
		},
		gets: "error",
		after: (file) =>
			readFileSync(`${file}.victim`, "utf8") === "precious" &&
			(lstatSync(`${file}.victim`).mode & 0o777) === 0o644
				? undefined
				: "what it leads to was changed",
	},
	{
		what: "a symbolic link to nothing",
		make(file) {
			rmSync(file);
			symlinkSync(`${file}.nothing`, file);
		},
		gets: "error",
		after: (file) =>
			existsSync(`${file}.nothing`) ? "it was written through" : undefined,
	},
	{
		what: "a file of another user",
		make: (file) => chownSync(file, SOMEBODY, SOMEBODY),
		gets: "error",
	},
	{
		what: "a directory of another user around it",
		make: (file) => chownSync(path.dirname(file), SOMEBODY, SOMEBODY),
		gets: "error",
	},
	...[0o666, 0o644, 0o640, 0o777, 0o602, 0o400].map(
		(mode): Strange => ({
			what: `mode 0${mode.toString(8)}`,
			make: (file) => chmodSync(file, mode),
			gets: "stored",
			after: (file) => rightsOfOthers(file),
		}),
	),
	...[0o777, 0o755, 0o770].map(
		(mode): Strange => ({
			what: `a directory of mode 0${mode.toString(8)} around it`,
			make: (file) => chmodSync(path.dirname(file), mode),
			gets: "stored",
			after: (file) => rightsOfOthers(path.dirname(file)),
		}),
	),
];

/** What is no document of this user's, on both kinds of document. Returns how many there were. */
export async function damagedFiles(job: DamageJob): Promise<number> {
	let done = 0;
	for (const kind of ["encrypted", "plain"] as const)
		for (const strange of STRANGE) {
			const directory = path.join(job.trial.scratch, `strange-${done}`);
			const { name, authority } = job;
			const cache = cacheUnderTest(kind, directory, name, authority);
			const problem = await survives(strange, cache).catch(String);
			if (problem !== undefined)
				job.trial.broken(`${kind}: ${strange.what}: ${problem}`);
			done += 1;
		}
	return done;
}

async function survives(
	{ make, gets, after }: Strange,
	{ file, caller, found }: ReturnType<typeof cacheUnderTest>,
): Promise<string | undefined> {
	const { token: stored } = await caller().getToken(STORED);
	make(file);
	const asking = caller();
	if (gets === "error") {
		const problem = await refuses(asking, file);
		if (problem !== undefined) return problem;
		const change = after?.(file);
		if (change !== undefined) return change;
		// What the error said, done: the same caller goes on.
		rmSync(path.dirname(file), { recursive: true });
		await asking.getToken(STORED);
		return undefined;
	}
	const { token: first } = await asking.getToken(STORED);
	if ((first === stored) !== (gets === "stored")) return "a wrong token";
	const { token: second } = await asking.getToken(OTHER);
	if ((await found(STORED)) !== first || (await found(OTHER)) !== second)
		return "not healed by the next write";
	return after?.(file);
}

/** That the caller gets an error that says where and why. */
async function refuses(
	asking: { getToken(scope: string): Promise<unknown> },
	file: string,
): Promise<string | undefined> {
	const error = await asking.getToken(STORED).then(
		() => undefined,
		(error: Error) => error,
	);
	if (error === undefined) return "no error";
	if (error.name !== "CredentialUnavailableError") return `got ${error}`;
	return error.message.includes(path.dirname(file))
		? undefined
		: `the error does not say where: ${error.message}`;
}

function rightsOfOthers(file: string): string | undefined {
	return (lstatSync(file).mode & 0o077) === 0
		? undefined
		: "others may still use it";
}
