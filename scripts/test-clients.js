// Runs the tests with real clients of Azure services, against an emulated Entra ID, Azurite, and a stand-in for Key Vault.
//   node scripts/test-clients.js            all of them
//   node scripts/test-clients.js storage    the test files with "storage" in their name
// The clients are packages of their own (packages/azidentity/test-clients), for these tests alone: they are installed
// there, as its lock file says, and a user's and a developer's `npm ci` is spared them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { failuresOf, runCommand } from "./run-command.js";

const root = path.dirname(import.meta.dirname);
const suite = path.join(root, "packages/azidentity/test-clients");
const installed = path.join(suite, "node_modules/.installed-lock.json");

await must(install);
await must(compile);
process.exitCode = await runTests();

async function must(step) {
	const failures = failuresOf(await step());
	if (failures.length === 0) return;
	console.error(failures.join("\n"));
	process.exit(1);
}

/** Nothing to do when what is there was installed from this lock file. */
async function install() {
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

/** That the clients take our credentials is for the compiler to say, too. */
function compile() {
	return runCommand(
		process.execPath,
		["node_modules/typescript/bin/tsc", "-p", suite, "--pretty", "false"],
		{ cwd: root },
	);
}

async function runTests() {
	const { code, output } = await runCommand(
		process.execPath,
		[
			"node_modules/vitest/vitest.mjs",
			"run",
			...["--config", "scripts/vitest/clients.config.ts"],
			...process.argv.slice(2),
		],
		{ cwd: root },
	);
	console.log(output.trimEnd());
	return code;
}
