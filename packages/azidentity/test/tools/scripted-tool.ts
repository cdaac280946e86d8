import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";

/** What a tool prints, and what it exits with. */
interface Answer {
	stdout?: string;
	stderr?: string;
	code?: number;
}

/** How a tool was started. */
interface Call {
	args: string[];
	cwd: string;
	environment: Record<string, string>;
}

/**
 * A tool of this name that says what the test wants, alone in PATH. It is a real executable: what it prints is what the
 * real one prints in that case, to the letter.
 */
export function scriptedTool(name: string) {
	let folder: string;
	const path0 = process.env.PATH;
	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), "azidentity-tool-"));
		mkdirSync(path.join(folder, "calls"));
		process.env.PATH = folder;
	});
	afterEach(() => {
		process.env.PATH = path0;
		rmSync(folder, { recursive: true, force: true });
	});

	const tool = {
		/** The directory of the tool, the only one in PATH. */
		get folder(): string {
			return folder;
		},
		/** Makes the tool: it notes how it was started, then does what the script says. */
		does(script: string): void {
			const file = path.join(folder, name);
			writeFileSync(
				file,
				`#!/bin/sh
PATH=/usr/bin:/bin
call='${folder}/calls'/$$
pwd > "$call.cwd"
env -0 > "$call.env"
printf '%s\\0' "$@" > "$call.args"
${script}
`,
			);
			chmodSync(file, 0o755);
		},
		answers({ stdout = "", stderr = "", code = 0 }: Answer): void {
			writeFileSync(path.join(folder, "stdout"), stdout);
			writeFileSync(path.join(folder, "stderr"), stderr);
			tool.does(
				`cat '${folder}/stderr' >&2; cat '${folder}/stdout'; exit ${code}`,
			);
		},
		/** Takes the tool away. */
		isNotThere(): void {
			rmSync(path.join(folder, name), { force: true });
		},
		/** How it was started until now. */
		calls: () => callsIn(path.join(folder, "calls")),
	};
	return tool;
}

function callsIn(folder: string): Call[] {
	const noted = (file: string) => readFileSync(path.join(folder, file), "utf8");
	return readdirSync(folder)
		.filter((file) => file.endsWith(".args"))
		.map((file) => file.slice(0, -".args".length))
		.map((call) => ({
			args: noted(`${call}.args`).split("\0").slice(0, -1),
			cwd: noted(`${call}.cwd`).trim(),
			environment: environmentIn(noted(`${call}.env`)),
		}));
}

function environmentIn(text: string): Record<string, string> {
	const lines = text.split("\0").filter((line) => line !== "");
	return Object.fromEntries(
		lines.map((line) => {
			const at = line.indexOf("=");
			return [line.slice(0, at), line.slice(at + 1)];
		}),
	);
}
