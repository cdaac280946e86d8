import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program in a process of its own that answers each line of JSON with one. */
export interface AnsweringProgram {
	ask(order: object): Promise<unknown>;
	/** Ends it as it stands, as a crash would. */
	kill(): Promise<void>;
}

export function startProgram(
	command: string,
	args: readonly string[] = [],
): AnsweringProgram {
	const child: ChildProcess = spawn(command, args, {
		stdio: ["pipe", "pipe", "inherit"],
	});
	const { stdin, stdout } = child;
	if (stdin === null || stdout === null) throw new Error("no pipes");
	const answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
	return {
		async ask(order) {
			stdin.write(`${JSON.stringify(order)}\n`);
			const { value, done } = await answers.next();
			if (done) throw new Error(`${command} ended instead of answering`);
			return JSON.parse(value);
		},
		async kill() {
			if (child.exitCode === null && child.signalCode === null) {
				child.kill("SIGKILL");
				await once(child, "exit");
			}
			// Wine would have us wait for a reader that is no more.
			stdin.destroy();
			stdout.destroy();
		},
	};
}
