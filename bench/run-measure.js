import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program of measures/, with JSON on its stdin, and resolves to the figures that it prints. */
export async function runMeasure(name, args, input = {}, environment = {}) {
	const file = path.join(import.meta.dirname, `measures/${name}.js`);
	const running = run(process.execPath, [file, ...args.map(String)], {
		env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
	});
	running.child.stdin.end(JSON.stringify(input));
	return JSON.parse((await running).stdout);
}
