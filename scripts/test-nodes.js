// Runs the library's tests under each Node a user may have, newest last, one line each.
//   node scripts/test-nodes.js            22, 24 and 26
//   node scripts/test-nodes.js 24         only this one
import path from "node:path";
import { runCommand } from "./run-command.js";
import { runtime } from "./runtimes.js";

/** The lines in support beside the oldest, 20, which the rest of the suite runs on. */
const VERSIONS = ["22", "24", "26"];
/** The end of a failed run's output: the failures and the counts. */
const SHOWN_LINES = 80;

const root = path.dirname(import.meta.dirname);
const asked = process.argv.slice(2);

for (const version of asked.length > 0 ? asked : VERSIONS) {
	const node = await runtime("node", version);
	const started = performance.now();
	const { code, output } = await runCommand(
		node,
		["node_modules/vitest/vitest.mjs", "run", "packages/azidentity"],
		{ cwd: root },
	);
	const { output: exact } = await runCommand(node, ["--version"]);
	const closing = output.match(/^\d+ passed, \d+ failed, \d+ skipped$/m);
	console.log(
		`node ${exact.trim()}: ${closing?.[0] ?? "no test ran"}, ${((performance.now() - started) / 1000).toFixed(1)} s`,
	);
	if (code === 0 && closing !== null) continue;
	console.log(output.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n"));
	process.exitCode = 1;
}
