import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, test } from "vitest";
import { buildGoProgram } from "./foreign-programs.ts";

/** The first run fetches and compiles modules, or makes a virtual environment. Both are kept. */
export const FIRST_RUN_MS = 300_000;

/** What to say when a tool is not there, else `undefined`. In CI a missing tool is a failure and not a reason to skip. */
function lack(
	advice: string,
	tool: string,
	...args: string[]
): string | undefined {
	if (process.env.CI === "true") return undefined;
	try {
		execFileSync(tool, args, { stdio: "ignore" });
		return undefined;
	} catch {
		return advice;
	}
}

export const lackOfGo = lack(
	"there is no go here; install it from https://go.dev/dl",
	"go",
	"version",
);
export const lackOfPython = lack(
	"there is no python3 with venv here; install python3 and python3-venv",
	"python3",
	...["-c", "import venv, ensurepip"],
);

/** A suite, or one skipped test that says what is missing. */
export function describeUnless(
	missing: string | undefined,
	name: string,
	suite: () => void,
): void {
	const reason =
		process.platform === "linux" ? missing : "these caches are Linux's";
	if (reason === undefined) describe(name, suite);
	else test(name, (context) => context.skip(reason));
}

/** The Go program beside this file, compiled; gone after the tests of the file. */
export function goProgram(): string {
	const directory = mkdtempSync(path.join(tmpdir(), "azidentity-go-"));
	afterAll(() => rmSync(directory, { recursive: true, force: true }));
	return buildGoProgram(directory);
}
