import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Emulator } from "@azidentity/emulator";
import { removeKey } from "./kernel-keys.ts";

/** What a program printed about one token. */
export interface Said {
	readonly scope?: string;
	readonly token?: string;
	readonly failed?: string;
	readonly message?: string;
}

export interface Program {
	readonly child: ChildProcess;
	/** What it has said so far. */
	readonly said: Said[];
	/** What it has written to its log, and complained of. */
	readonly log: () => string;
	/** Resolves when it has ended, with the signal that ended it if one did. */
	readonly ended: Promise<NodeJS.Signals | null>;
}

export interface CacheOnDisk {
	readonly name: string;
	readonly directory: string;
	readonly unsafeAllowUnencryptedStorage?: boolean;
}

/** A cache of its own, in a directory of its own. Remove it when the test is over. */
export function newCache(): CacheOnDisk & { remove(): void } {
	const directory = mkdtempSync(path.join(os.tmpdir(), "azidentity-"));
	const name = `test-${randomUUID()}`;
	return {
		name,
		directory,
		remove() {
			rmSync(directory, { recursive: true, force: true });
			for (const ending of ["", ".cae", ".obo", ".obo.cae"])
				removeKey(`${name}${ending}`);
		},
	};
}

interface ProgramOptions {
	/** Arguments for Node. */
	readonly args?: readonly string[];
	/** What starts Node, if not the test itself. */
	readonly starter?: readonly string[];
	readonly maxRetries?: number;
	readonly logLevel?: string;
}

const GET_TOKENS = fileURLToPath(
	new URL("programs/get-tokens.js", import.meta.url),
);

/** Starts a process that gets tokens for these scopes, on a cache that other processes share. */
export function getTokens(
	emulator: Emulator,
	cache: CacheOnDisk,
	scopes: readonly string[],
	options: ProgramOptions = {},
): Program {
	const { args = [], starter = [], logLevel = "" } = options;
	const [command = "", ...rest] = [
		...starter,
		...[process.execPath, ...args, GET_TOKENS],
	];
	const child = spawn(command, rest, {
		stdio: ["pipe", "pipe", "pipe"],
		env: { ...process.env, AZURE_LOG_LEVEL: logLevel },
	});
	const said: Said[] = [];
	createInterface({ input: child.stdout }).on("line", (line) => {
		said.push(JSON.parse(line));
	});
	let log = "";
	child.stderr.setEncoding("utf8").on("data", (text) => {
		log += text;
	});
	const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code, signal) => {
			if (code === 0 || signal !== null) resolve(signal);
			else reject(new Error(`the program ended with ${code}: ${log}`));
		});
	});
	const { name, directory, unsafeAllowUnencryptedStorage } = cache;
	// A program that is killed early does not read its job to the end.
	child.stdin.on("error", () => {});
	child.stdin.end(
		JSON.stringify({
			tenantId: emulator.tenants.contoso.id,
			clientId: emulator.apps.daemon.clientId,
			secret: emulator.apps.daemon.secrets[0],
			authorityHost: emulator.authorityHost,
			ca: emulator.ca,
			maxRetries: options.maxRetries,
			cache: { name, directory, unsafeAllowUnencryptedStorage },
			scopes,
		}),
	);
	return { child, said, ended, log: () => log };
}
