// Runs a command to its end without blocking the other checks, and keeps all it printed.
import { spawn } from "node:child_process";

/** Resolves to `{ code, output }`, both streams in one text; rejects only when the command cannot be started. */
export function runCommand(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			stdio: ["ignore", "pipe", "pipe"],
			...options,
			env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...options.env },
		});
		let output = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding("utf8");
			stream.on("data", (text) => {
				output += text;
			});
		}
		child.on("error", reject);
		child.on("close", (code) => resolve({ code: code ?? 1, output }));
	});
}

/** As `runCommand`, for a command that must succeed. */
export async function mustRun(command, args, options) {
	const { code, output } = await runCommand(command, args, options);
	if (code === 0) return;
	throw new Error(`${command} ${args.join(" ")} failed:\n${output}`);
}

/** The lines of a failed command's output worth showing; none when it succeeded. */
export function failuresOf({ code, output }) {
	if (code === 0) return [];
	// Node's own frames and npm's remarks about the machine say nothing about what is wrong here.
	const lines = output
		.split("\n")
		.filter((line) => line.trim() !== "")
		.filter((line) => !/^(\s+at .*node:|npm warn )/.test(line));
	return lines.length > 0 ? lines : [`ended with code ${code}, silently`];
}
