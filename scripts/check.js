// Runs every check, two at a time, one line each with its time, then what failed. Exit code 1 when one failed.
//   node scripts/check.js               all of them
//   node scripts/check.js rooms style   only these
// A check is a file in scripts/checks/ that exports `check(root)`, resolving to a list of failures, and, when it
// looks at the built packages, `needsBuild = true`.
import { readdirSync } from "node:fs";
import path from "node:path";
import { failuresOf, runCommand } from "./run-command.js";

/** As many as the smallest machine we run on has cores. */
const AT_ONCE = 2;
/** Enough to see what is wrong; the rest is counted. */
const SHOWN_FAILURES = 40;

const root = path.dirname(import.meta.dirname);
const known = readdirSync(path.join(import.meta.dirname, "checks"))
	.filter((file) => file.endsWith(".js"))
	.map((file) => path.basename(file, ".js"));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
	console.error(
		`There is no check called ${unknown.join(", ")}. The checks are: ${known.join(", ")}.`,
	);
	process.exit(2);
}

const started = performance.now();
const results = await runAll(wanted.length > 0 ? wanted : known);
for (const { name, failures } of results) {
	if (failures.length === 0) continue;
	console.log(`\ncheck:${name}`);
	for (const failure of failures.slice(0, SHOWN_FAILURES))
		console.log(`  ${failure}`);
	if (failures.length > SHOWN_FAILURES)
		console.log(`  … and ${failures.length - SHOWN_FAILURES} more`);
}
const failed = results.filter(({ failures }) => failures.length > 0).length;
console.log(
	`\n${results.length - failed} checks passed, ${failed} failed, in ${seconds(started)}`,
);
process.exitCode = failed > 0 ? 1 : 0;

async function runAll(names) {
	const checks = await Promise.all(
		names.map(async (name) => ({
			name,
			...(await import(`./checks/${name}.js`)),
		})),
	);
	const build = checks.some(({ needsBuild }) => needsBuild)
		? runCommand(process.execPath, ["scripts/build.js"], { cwd: root })
		: undefined;
	// Those that wait for the build go last, so that it runs beside the others.
	const queue = checks.toSorted((a, b) => rank(a) - rank(b));
	const results = [];
	await Promise.all(
		Array.from({ length: AT_ONCE }, async () => {
			for (let next = queue.shift(); next; next = queue.shift())
				results.push(await runOne(next, build));
		}),
	);
	return results.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

function rank({ needsBuild = false }) {
	return needsBuild ? 1 : 0;
}

async function runOne({ name, check, needsBuild }, build) {
	const built = needsBuild ? await build : { code: 0 };
	const started = performance.now();
	let failures;
	if (built.code === 0) {
		try {
			failures = await check(root);
		} catch (error) {
			failures = [`the check itself broke: ${error.stack}`];
		}
	} else {
		failures = ["the build failed:", ...failuresOf(built)];
	}
	const verdict =
		failures.length === 0
			? "ok"
			: `FAILED (${failures.length} line${failures.length === 1 ? "" : "s"} below)`;
	console.log(`${name.padEnd(8)} ${seconds(started).padStart(7)}  ${verdict}`);
	return { name, failures };
}

function seconds(since) {
	return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
