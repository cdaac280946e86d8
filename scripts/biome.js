// Runs the formatter and linter the way two checks and their tests need it: one line per finding, no colours.
import path from "node:path";
import { failuresOf, runCommand } from "./run-command.js";

const BIOME = path.join(
	path.dirname(import.meta.dirname),
	"node_modules/@biomejs/biome/bin/biome",
);

/** Resolves to biome's findings about the tree at `root`, under the `biome.json` there. */
export async function biome(root, options) {
	const failures = failuresOf(
		await runCommand(
			process.execPath,
			[
				BIOME,
				"ci",
				"--colors=off",
				"--reporter=concise",
				"--max-diagnostics=none",
				...options,
				".",
			],
			{ cwd: root },
		),
	);
	const closing = failures.findIndex((line) => line.startsWith("Checked "));
	return closing > 0 ? failures.slice(0, closing) : failures;
}
