import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";

const source = path.resolve(import.meta.dirname, "../../src");
const programs = path.join(import.meta.dirname, "programs");
/** Beside the packages that are installed, so that what is bundled there finds them. */
const cache = path.resolve(
	import.meta.dirname,
	"../../../../node_modules/.cache/azidentity",
);

/** A program that runs, and tells line by line what happened. */
export interface Program {
	readonly child: ChildProcess;
	/** The next line that it prints; rejects when it ends before. */
	next(): Promise<string>;
	/** Lets it go on. */
	goOn(): void;
	/** Resolves to the signal that ended it, or null; rejects when it failed. */
	readonly ended: Promise<NodeJS.Signals | null>;
}

/** Starts a program. Ended by force when the test that started it does not end it. */
export function start(
	command: string,
	args: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): Program {
	const child = spawn(command, args, {
		stdio: ["pipe", "pipe", "pipe"],
		env: { ...process.env, ...environment },
		timeout: 60_000,
		killSignal: "SIGKILL",
	});
	child.stdin.on("error", () => {}); // told to go on after its end
	let complaints = "";
	child.stderr.on("data", (text) => {
		complaints += text;
	});
	const lines = createInterface({ input: child.stdout })[
		Symbol.asyncIterator
	]();
	const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code, signal) => {
			if (code === 0 || signal !== null) resolve(signal);
			else reject(new Error(`${command} ended with ${code}: ${complaints}`));
		});
	});
	ended.catch(() => {}); // whoever waits for it, or for the next line, is told
	return {
		child,
		ended,
		goOn: () => child.stdin.write("\n"),
		async next() {
			const { value, done } = await lines.next();
			if (!done) return value;
			await ended;
			throw new Error(`${command} ended without another line`);
		},
	};
}

/** Bundles parts of the library's sources into one file that a process of its own can load. */
export async function bundled(exports: Readonly<Record<string, string>>) {
	mkdirSync(cache, { recursive: true });
	const directory = mkdtempSync(path.join(cache, "bundle-"));
	const file = path.join(directory, "module.mjs");
	const contents = Object.entries(exports)
		.map(([name, from]) => `export { ${name} } from "./${from}";`)
		.join("\n");
	await build({
		stdin: { contents, resolveDir: source, loader: "ts" },
		outfile: file,
		bundle: true,
		packages: "external",
		platform: "node",
		format: "esm",
	});
	return {
		file,
		remove: () => rmSync(directory, { recursive: true, force: true }),
	};
}

/** Starts one of the programs beside this file with Node. */
export function startNode(program: string, ...args: string[]): Program {
	return start(process.execPath, [path.join(programs, program), ...args]);
}

/** Builds the Go program beside this file, and returns the path of what came out. */
export function buildGo(program: string, into: string): string {
	const file = path.join(into, program);
	execFileSync("go", ["build", "-o", file, "."], {
		cwd: path.join(programs, program),
		stdio: ["ignore", "ignore", "inherit"],
	});
	return file;
}

/** Starts a Python program beside this file, with the packages it requires. They are fetched once per list of them. */
export function startPython(program: string, ...args: string[]): Program {
	const [file, folder] = [
		path.join(programs, program),
		path.dirname(path.join(programs, program)),
	];
	const packages = pythonPackages(path.join(folder, "requirements.txt"));
	return start("python3", [file, ...args], {
		PYTHONPATH: packages,
		PYTHONDONTWRITEBYTECODE: "1",
	});
}

/** Installs what the list requires, pure Python and without what that requires in turn. */
export function pythonPackages(requirements: string): string {
	const key = createHash("sha256")
		.update(readFileSync(requirements))
		.digest("hex")
		.slice(0, 12);
	const packages = path.join(cache, `python-${key}`);
	if (existsSync(packages)) return packages;
	mkdirSync(cache, { recursive: true });
	const aside = mkdtempSync(path.join(cache, "python-new-"));
	const pip = "-m pip install --quiet --no-deps --root-user-action=ignore";
	execFileSync(
		"python3",
		[...pip.split(" "), "--target", aside, "-r", requirements],
		{ stdio: ["ignore", "ignore", "inherit"] },
	);
	renameSync(aside, packages);
	return packages;
}

/** What to say when a tool is not there, else undefined. In CI a missing tool is a failure and not a reason to skip. */
export function lack(tool: string, ...args: string[]): string | undefined {
	if (process.env.CI === "true") return undefined;
	try {
		execFileSync(tool, args, { stdio: "ignore" });
		return undefined;
	} catch {
		return `there is no ${tool} here that can run ${args.join(" ")}`;
	}
}

/** The number of a process that was there and is not any more. */
export function deadProcess(): number {
	const program = "process.stdout.write(String(process.pid))";
	return Number(execFileSync(process.execPath, ["-e", program]));
}

/** A directory for one test. */
export function scratchDirectory(): string {
	return mkdtempSync(path.join(tmpdir(), "azidentity-"));
}
