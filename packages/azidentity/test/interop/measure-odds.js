// Measures how often Go's programs, which write what they remember and not what is there, drop entries of ours. Its table is
// in docs/decisions/interop.md. Takes some minutes; no part of the tests.
//   node scripts/build.js --quiet && node packages/azidentity/test/interop/measure-odds.js
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator } from "@azidentity/emulator";
import { build } from "esbuild";

/** Programs of Go and of ours, tokens for each, and the pause between two tokens in milliseconds. */
const STORMS = [
	[2, 4, 40, 0],
	[2, 4, 40, 100],
	[2, 4, 40, 1_000],
	[1, 1, 40, 100],
	[1, 1, 40, 1_000],
	[2, 0, 40, 0],
	[2, 0, 40, 100],
	[2, 0, 40, 1_000],
];

const here = import.meta.dirname;
const scratch = mkdtempSync(path.join(tmpdir(), "azidentity-odds-"));
const program = path.join(scratch, "get-tokens");
execFileSync("go", ["build", "-o", program, "."], {
	cwd: path.join(here, "go"),
	stdio: "inherit",
});
const { sharedCache } = await imported("shared-cache.ts");
const { several, storm } = await imported("storm.ts");
const emulator = await startEmulator({ directory: scratch });
console.log(
	"| Go | ours | pause | entries of ours | dropped by Go | Go's failed calls | in the end there |",
);
console.log("|---|---|---|---|---|---|---|");
for (const [go, ours, count, pause] of STORMS)
	await measure({ go, ours, count, pause });
await emulator.close();
rmSync(scratch, { recursive: true });

async function measure({ go, ours, count, pause }) {
	const cache = sharedCache(emulator);
	const { said, droppedByOthers } = await storm(
		several(go, "go", (job, onSaid) => cache.go(program, job, onSaid)),
		several(ours, "ours", (job, onSaid) =>
			cache.ours(job, { isWatched: true }, onSaid),
		),
		count,
		pause,
	);
	const got = (who) =>
		[...said]
			.filter(([name]) => name.startsWith(who))
			.flatMap(([, lines]) => lines);
	const failed = got("go").filter((line) => line.failed).length;
	const dropped = new Set(
		droppedByOthers.filter((key) => key.includes("https://ours")),
	).size;
	const all = [...said.values()].flat().filter((line) => line.token);
	await emulator.suspend();
	const scopes = all.map(({ scope }) => scope);
	const left = await cache.ours({ as: "app", scopes, noRetry: true });
	await emulator.resume();
	cache.remove();
	const there = left.filter((line) => line.token).length;
	console.log(
		`| ${go} | ${ours} | ${pause} ms | ${ours * count} | ${dropped} | ${failed} of ${go * count} | ${there} of ${all.length} |`,
	);
}

/** A module of the tests, compiled into its own folder: what it runs lies beside it. */
async function imported(source) {
	const outfile = path.join(here, `.${source}.${process.pid}.mjs`);
	await build({
		entryPoints: [path.join(here, source)],
		outfile,
		bundle: true,
		packages: "external",
		platform: "node",
		format: "esm",
	});
	try {
		return await import(outfile);
	} finally {
		rmSync(outfile);
	}
}
