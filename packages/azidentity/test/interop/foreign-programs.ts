import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../../..");

/** The Go program beside this file, compiled into a directory. */
export function buildGoProgram(directory: string): string {
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
