import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import path from "node:path";
import {
	abortError,
	type SetTimeout,
	startTimer,
	throwIfAborted,
} from "../foundation/abort.ts";
import { commandLine, windowsDirectory } from "./command-line.ts";
import { findProgram } from "./find-program.ts";

/** A tool to run, and how long to wait for it. */
export interface ToolRun {
	/** The names it may have, the preferred one first, with their endings on Windows. */
	readonly names: readonly string[];
	readonly args: readonly string[];
	/** Variables for the tool beside those of this process; in any spelling, those of this process do not count. */
	readonly environment?: Readonly<Record<string, string>>;
	/** In milliseconds. */
	readonly timeout: number;
	readonly abortSignal: AbortSignal;
	readonly setTimeout?: SetTimeout | undefined;
}

/** How a tool ended. What it printed may hold a token: it is for the parser of that tool's output, and for nobody else. */
export type ToolOutcome =
	| {
			readonly ended: "exited";
			/** The exit code; null when something else ended it. */
			readonly code: number | null;
			readonly stdout: string;
			readonly stderr: string;
	  }
	/** No program of these names is in a directory of PATH, or the system cannot start what is there. */
	| { readonly ended: "not-found" }
	| { readonly ended: "timed-out" }
	| { readonly ended: "printed-too-much" };

/** A token is a few kilobytes. What prints more has gone wrong, and must not fill the memory. */
const MOST_OUTPUT = 2 ** 20;

/** A tool may leave a process behind that keeps its pipes open, such as one that reports its usage. */
const DRAIN_MS = 100;

/**
 * Runs a tool to its end, without a shell and without input, in a directory where nobody plants programs.
 * A tool that takes too long, prints too much, or is not wanted any more is ended with all it has started.
 * @throws an AbortError when the signal fires; a TypeError when the arguments cannot be passed.
 */
export async function runTool(run: ToolRun): Promise<ToolOutcome> {
	throwIfAborted(run.abortSignal);
	const program = findProgram(run.names);
	if (program === undefined) return { ended: "not-found" };
	const child = start(program, run);
	return new Promise((resolve, reject) => {
		const { abortSignal, setTimeout, timeout } = run;
		const output = collected(child, () => end({ ended: "printed-too-much" }));
		const stop = startTimer(
			timeout,
			() => end({ ended: "timed-out" }),
			setTimeout,
		);
		const leave = () => {
			settle();
			reject(abortError());
		};
		abortSignal.addEventListener("abort", leave, { once: true });
		let stopDraining = () => {};

		/** Whatever comes first ends it; what comes later finds it settled. */
		function settle(): void {
			stop();
			stopDraining();
			abortSignal.removeEventListener("abort", leave);
			killTree(child);
			child.stdout?.destroy();
			child.stderr?.destroy();
		}
		function end(outcome: ToolOutcome): void {
			settle();
			resolve(outcome);
		}
		function exited(): void {
			end({ ended: "exited", code: child.exitCode, ...output() });
		}
		child.once("error", () => end({ ended: "not-found" }));
		child.once("exit", () => {
			stopDraining = startTimer(DRAIN_MS, exited);
		});
		child.once("close", exited);
	});
}

function start(program: string, run: ToolRun): ChildProcess {
	const { file, args, isVerbatim } = commandLine(program, run.args);
	const isWindows = process.platform === "win32";
	return spawn(file, args, {
		cwd: isWindows ? windowsDirectory() : "/bin",
		env: environmentWith(run.environment ?? {}),
		stdio: ["ignore", "pipe", "pipe"],
		windowsHide: true,
		windowsVerbatimArguments: isVerbatim,
		// A group of its own can be ended whole.
		detached: !isWindows,
	});
}

function environmentWith(
	own: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
	const names = new Set(Object.keys(own).map((name) => name.toUpperCase()));
	const inherited = Object.entries(process.env).filter(
		([name]) => !names.has(name.toUpperCase()),
	);
	return { ...Object.fromEntries(inherited), ...own };
}

/** Gathers what the tool prints; gives it as text. */
function collected(
	child: ChildProcess,
	onFlood: () => void,
): () => { stdout: string; stderr: string } {
	const gathered = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
	let length = 0;
	for (const name of ["stdout", "stderr"] as const) {
		child[name]?.on("data", (part: Buffer) => {
			length += part.length;
			if (length > MOST_OUTPUT) return onFlood();
			gathered[name].push(part);
		});
	}
	return () => ({
		stdout: Buffer.concat(gathered.stdout).toString("utf8"),
		stderr: Buffer.concat(gathered.stderr).toString("utf8"),
	});
}

/** Ends the tool and what it has started, if it has not ended by itself. */
function killTree(child: ChildProcess): void {
	const { exitCode, pid, signalCode } = child;
	if (pid === undefined || exitCode !== null || signalCode !== null) return;
	if (process.platform === "win32") {
		const taskkill = path.win32.join(
			windowsDirectory(),
			"System32",
			"taskkill.exe",
		);
		execFile(taskkill, ["/pid", String(pid), "/t", "/f"], () => {});
		return;
	}
	try {
		process.kill(-pid, "SIGKILL");
	} catch {
		child.kill("SIGKILL"); // it ended in this moment, or has no group of its own
	}
}
