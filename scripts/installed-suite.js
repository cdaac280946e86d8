import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { failuresOf, runCommand } from "./run-command.js";

const root = path.dirname(import.meta.dirname);

/**
 * Runs tests in a folder that has packages of its own, and a lock file: they are installed there when they are not yet,
 * and a user's and a developer's `npm ci` is spared them. Then the tests are compiled, and run by the runner's
 * configuration for them. Sets the exit code of this process.
 * @param folder The tests, from the root.
 * @param config The runner's configuration, from the root.
 */
export async function runInstalledSuite(folder, config) {
	const suite = path.join(root, folder);
	const failures = [
		...failuresOf(await install(suite)),
		...failuresOf(await compile(suite)),
	];
	if (failures.length > 0) {
		console.error(failures.join("\n"));
		process.exitCode = 1;
		return;
	}
	process.exitCode = await runTests(config);
}

/** Nothing to do when what is there was installed from this lock file. */
async function install(suite) {
	const installed = path.join(suite, "node_modules/.installed-lock.json");
	const lock = readFileSync(path.join(suite, "package-lock.json"), "utf8");
	if (existsSync(installed) && readFileSync(installed, "utf8") === lock)
		return { code: 0 };
	const result = await runCommand(
		"npm",
		["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
		{ cwd: suite },
	);
	if (result.code === 0) writeFileSync(installed, lock);
	return result;
}

/** That others' types take ours is for the compiler to say, too. */
function compile(suite) {
	return runCommand(
		process.execPath,
		["node_modules/typescript/bin/tsc", "-p", suite, "--pretty", "false"],
		{ cwd: root },
	);
}

async function runTests(config) {
	const { code, output } = await runCommand(
		process.execPath,
		[
			"node_modules/vitest/vitest.mjs",
			"run",
			...["--config", config],
			...process.argv.slice(2),
		],
		{ cwd: root },
	);
	console.log(output.trimEnd());
	return code;
}
