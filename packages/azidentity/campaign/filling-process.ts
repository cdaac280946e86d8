import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CacheOnDisk } from "../test/persistent/programs.ts";

const PROGRAM = fileURLToPath(
	new URL("programs/fill-cache.js", import.meta.url),
);

/** A process that gets tokens on a cache, one after the other, until it is done or killed. */
export interface FillingProcess {
	readonly pid: number;
	/** The hash of each token that its caller was handed, by scope. */
	readonly handed: ReadonlyMap<string, string>;
	/** What its callers were told instead. */
	readonly failures: readonly string[];
	/** Resolves when it has handed out so many, or has ended. */
	reached(count: number): Promise<void>;
	/** What it wrote into its log. */
	complaints(): string;
	kill(): void;
	/** When it was gone, by `performance.now()`; undefined while it lives. */
	goneAt(): number | undefined;
	/** Resolves when it has ended and all that it said was read. Rejects when it ended badly by itself. */
	readonly ended: Promise<void>;
}

interface Options {
	/** Whether it finds tokens only, and the authority never answers. */
	readonly isOffline?: boolean;
	/** What starts the program, if not we do. */
	readonly starter?: readonly string[];
}

export function fillingProcess(
	cache: CacheOnDisk,
	scopes: readonly string[],
	{ isOffline = false, starter = [] }: Options = {},
): FillingProcess {
	const env = { ...process.env, AZURE_LOG_LEVEL: "warning" };
	const line = [...starter, process.execPath, PROGRAM];
	const [command = "", ...args] = line;
	const child = spawn(command, args, { env });
	const handed = new Map<string, string>();
	const failures: string[] = [];
	const waiting: { count: number; reached: () => void }[] = [];
	let rest = "";
	child.stdout.setEncoding("utf8").on("data", (text) => {
		const lines = `${rest}${text}`.split("\n");
		// A process that dies within a write may leave half a line, which was not said.
		rest = lines.pop() ?? "";
		for (const line of lines) {
			const [, index, said = ""] = /^(\d+) (.*)$/.exec(line) ?? [];
			const scope = scopes[Number(index)] ?? "";
			if (said.startsWith("failed: ")) failures.push(`${scope}: ${said}`);
			else handed.set(scope, said);
		}
		const said = handed.size + failures.length;
		for (const { count, reached } of waiting) if (said >= count) reached();
	});
	let complaints = "";
	child.stderr.setEncoding("utf8").on("data", (text) => {
		complaints += text;
	});
	let goneAt: number | undefined;
	child.once("exit", () => {
		goneAt = performance.now();
	});
	const ended = once(child, "close").then(([code, signal]) => {
		for (const { reached } of waiting) reached();
		if (code === 0 || signal === "SIGKILL") return;
		throw new Error(`the process ended with ${code ?? signal}: ${complaints}`);
	});
	ended.catch(() => {}); // whoever waits for it is told
	child.stdin.on("error", () => {}); // killed before it has read its job
	const { name, directory, unsafeAllowUnencryptedStorage = false } = cache;
	const place = { name, directory, unsafeAllowUnencryptedStorage };
	child.stdin.end(JSON.stringify({ cache: place, scopes, isOffline }));
	return {
		pid: child.pid ?? 0,
		handed,
		failures,
		reached: (count) =>
			new Promise((reached) => waiting.push({ count, reached })),
		complaints: () => complaints,
		kill: () => child.kill("SIGKILL"),
		goneAt: () => goneAt,
		ended,
	};
}
