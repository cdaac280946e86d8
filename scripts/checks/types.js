// Sources and tests hold together under the strictest types. A type error found by a user is ours.
import { failuresOf, runCommand } from "../run-command.js";

export async function check(root) {
	return failuresOf(
		await runCommand(
			process.execPath,
			["node_modules/typescript/bin/tsc", "-p", ".", "--pretty", "false"],
			{ cwd: root },
		),
	);
}
