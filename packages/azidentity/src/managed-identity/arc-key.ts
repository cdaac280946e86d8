import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import path from "node:path";
import { AuthenticationError } from "../errors.ts";
import { codeOf } from "../foundation/redact.ts";
import type { HttpAnswer } from "../platform/http.ts";
import type { Surroundings } from "./host.ts";

/** The agent's keys have about a hundred bytes. */
const LARGEST_KEY = 4_096;

/** `Basic realm=/path/to/file.key`, the realm quoted or not. */
const CHALLENGE = /^\s*Basic\s+realm=(?:"([^"]*)"|([^"\s](?:.*\S)?))\s*$/i;

/** What may stand in a header, and so in a key. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/** Windows knows no such flags; there, the path itself is looked at first. */
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * The key that the challenge names: its file can be read by those whom the agent trusts only. What is
 * outside the agent's own directory, or not a plain file, is not opened or not read: whoever answers in
 * the agent's place must not get files of ours.
 * @throws AuthenticationError. What is in the file is never in it.
 */
export async function readArcKey(
	surroundings: Surroundings,
	challenge: HttpAnswer,
): Promise<string> {
	const fail = (reason: string, cause?: unknown): never => {
		const message = `${surroundings.credentialName}: Azure Arc asked for the content of a key file, and got none: ${reason}.`;
		throw new AuthenticationError(
			challenge.status,
			{ error: "invalid_challenge", error_description: message },
			{ message, isOutage: false, ...(cause !== undefined && { cause }) },
		);
	};
	const directory = keyDirectory(surroundings);
	if (directory === undefined)
		return fail(
			"where the agent keeps its keys is known on Linux only, and on Windows when ProgramData is set",
		);
	const file = fileOf(challenge, directory);
	if (typeof file !== "string") return fail(file.problem);
	try {
		const key = await read(file);
		return typeof key === "string" ? key : fail(key.problem);
	} catch (error) {
		if (error instanceof AuthenticationError) throw error;
		const code = codeOf(error) ?? "unknown error";
		const advice =
			code === "EACCES"
				? ": run as root, or add the user to the group himds (on Windows: Hybrid Agent Extension Applications)"
				: "";
		return fail(`${file} cannot be read (${code})${advice}`, error);
	}
}

type Problem = { readonly problem: string };

function keyDirectory({
	arcFiles,
	variable,
}: Surroundings): string | undefined {
	if (arcFiles !== undefined) return arcFiles.tokens;
	if (process.platform === "linux") return "/var/opt/azcmagent/tokens";
	const folder = variable("ProgramData");
	if (process.platform !== "win32" || folder === undefined) return undefined;
	return path.win32.join(folder, "AzureConnectedMachineAgent", "Tokens");
}

/** The file a challenge names, if it is one that the agent could have written. */
function fileOf({ header }: HttpAnswer, directory: string): string | Problem {
	const value = header("www-authenticate");
	if (value === undefined)
		return { problem: "there is no WWW-Authenticate header" };
	const realm = CHALLENGE.exec(value);
	const file = realm?.[1] ?? realm?.[2];
	if (file === undefined)
		return { problem: "the WWW-Authenticate header is not Basic realm=FILE" };
	if (file.includes("\0") || !file.endsWith(".key"))
		return { problem: "the file that it names does not end in .key" };
	// Spelled in any other way, with dots or doubled slashes, it may lead elsewhere.
	if (path.join(directory, path.basename(file)) !== file)
		return { problem: `the file that it names is not in ${directory}` };
	return file;
}

/** The content of a plain file; a link is not followed, and nothing that could block is waited for. */
async function read(file: string): Promise<string | Problem> {
	const notPlain = { problem: `${file} is not a regular file` };
	const before = await lstat(file);
	if (!before.isFile()) return notPlain;
	const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	try {
		const opened = await handle.stat();
		if (!opened.isFile() || !isSame(before, opened)) return notPlain;
		if (opened.size > LARGEST_KEY)
			return { problem: `${file} is larger than ${LARGEST_KEY} bytes` };
		const text = (await start(handle)).replace(/[\r\n]+$/, "");
		if (text === "") return { problem: `${file} is empty` };
		if (PRINTABLE.test(text)) return text;
		return { problem: `${file} holds what no key holds` };
	} finally {
		await handle.close();
	}
}

/** Somebody may have put a link in the file's place between the look and the opening. */
function isSame(before: Stats, opened: Stats): boolean {
	return before.dev === opened.dev && before.ino === opened.ino;
}

/** A file that grows meanwhile is cut off. */
async function start(handle: FileHandle): Promise<string> {
	const buffer = Buffer.alloc(LARGEST_KEY);
	const { bytesRead } = await handle.read(buffer, 0, LARGEST_KEY, 0);
	return buffer.toString("utf8", 0, bytesRead);
}
