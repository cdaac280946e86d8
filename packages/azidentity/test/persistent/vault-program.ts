import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import type { TestContext } from "vitest";

const HERE = import.meta.dirname;
const SOURCE = "../../src/stores/persistent/vaults/linux-keyring.ts";
const CACHE = "../../../../node_modules/.cache/azidentity";
const PROGRAM = path.join(HERE, "programs/keyring-vault.mjs");
const REFUSE = path.join(HERE, "programs/refuse-calls.py");

/** What the vault of a process answered to one ask. */
export interface Answer {
	readonly checked?: boolean;
	readonly sealed?: string;
	readonly text?: string;
	readonly failed?: { name: string; message: string; cannotOpen?: boolean };
}

/** The vault as programs run it: one file, beside which packages are found. Remove it in the end. */
export async function bundledVault() {
	const file = path.resolve(HERE, CACHE, `keyring-${randomUUID()}.mjs`);
	await build({
		entryPoints: [path.join(HERE, SOURCE)],
		outfile: file,
		bundle: true,
		packages: "external",
		platform: "node",
		format: "esm",
	});
	return { file, remove: () => rmSync(file) };
}

/** What a process of its own answers, started by `starter` in place of directly. */
export function askVault(
	file: string,
	name: string,
	asks: readonly string[],
	starter: readonly string[] = [],
): Answer[] {
	const line = [...starter, process.execPath, PROGRAM, file, name, ...asks];
	const [command = "", ...args] = line;
	return JSON.parse(execFileSync(command, args, { encoding: "utf8" }));
}

/** A starter whose programs meet a kernel that refuses what the rules say. It needs python3. */
export const refusing = (...rules: string[]) => [
	"python3",
	REFUSE,
	...rules,
	"--",
];

/**
 * A starter whose programs are in a session of their own, from which the user's keys are not reached. It needs
 * the utility keyctl. The script starts them as "$@".
 */
export const inSession = (script: string, starter: readonly string[] = []) =>
	["keyctl", "session", "-", "sh", "-c", script, "sh"].concat(starter);

/** The Debian packages of the programs that tests start. */
const PACKAGES = { python3: "python3", keyctl: "keyutils" };

/** Skips a test, and says why, where a program is missing that it starts. */
export function needs(
	context: TestContext,
	...programs: (keyof typeof PACKAGES)[]
): void {
	for (const program of programs) {
		if (spawnSync(program, ["--version"]).status !== 0)
			context.skip(`install ${PACKAGES[program]} to run this`);
	}
}
