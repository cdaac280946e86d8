import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, test } from "vitest";

/** The first run fetches and compiles modules, or makes a virtual environment. Both are kept. */
export const FIRST_RUN_MS = 300_000;

const root = path.resolve(import.meta.dirname, "../../../..");

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
	const program = path.join(directory, "get-tokens");
	execFileSync("go", ["build", "-o", program, "."], {
		cwd: path.join(import.meta.dirname, "go"),
		stdio: ["ignore", "ignore", "inherit"],
	});
	return program;
}

/** The Python of a virtual environment that has MSAL; made once per list of requirements. */
export function pythonWithMsal(): string {
	const requirements = path.join(
		import.meta.dirname,
		"python/requirements.txt",
	);
	const key = createHash("sha256")
		.update(readFileSync(requirements))
		.update(execFileSync("python3", ["--version"]))
		.digest("hex")
		.slice(0, 12);
	const cache = path.join(root, "node_modules/.cache/azidentity");
	const home = path.join(cache, `msal-extensions-${key}`);
	const python = path.join(home, "bin", "python");
	if (existsSync(path.join(home, "complete"))) return python;
	// A virtual environment knows its own path, so it is not moved into place: a marker says that it is whole.
	rmSync(home, { recursive: true, force: true });
	const run = (command: string, ...args: string[]) =>
		execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
	run("python3", "-m", "venv", home);
	run(python, "-m", "pip", "install", "--quiet", "-r", requirements);
	writeFileSync(path.join(home, "complete"), "");
	return python;
}
