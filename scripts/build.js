// Builds every package. Each entry point ships as one file plus one per lazy part, because importing
// many small files is what makes a package slow to load; type declarations stand beside them.
// `--quiet` leaves the declarations out and prints nothing: enough to run, and under a second.
import { execFileSync } from "node:child_process";
import {
	existsSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const quiet = process.argv.includes("--quiet");
const root = path.dirname(import.meta.dirname);
const from = (...parts) => path.join(root, "packages", ...parts);

for (const name of ["azidentity", "emulator"]) {
	rmSync(from(name, "dist"), { recursive: true, force: true });
	const result = await build({
		entryPoints: entryPoints(name),
		outdir: from(name, "dist"),
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		target: "node20.19",
		packages: "external",
		chunkNames: "parts/[name]-[hash]",
		metafile: true,
		logLevel: "warning",
	});
	if (quiet) continue;
	writeDeclarations(name);
	const bytes = Object.values(result.metafile.outputs).reduce(
		(sum, output) => sum + output.bytes,
		0,
	);
	console.log(`built ${name}: ${Math.round(bytes / 1024)} kB`);
}

/** What the manifest exports under the condition "source", and the files that the package itself starts. */
function entryPoints(name) {
	const { exports } = JSON.parse(
		readFileSync(from(name, "package.json"), "utf8"),
	);
	const entries = {};
	for (const target of Object.values(exports)) {
		const source = target.source ?? target["source-types"];
		if (source === undefined) continue;
		entries[path.basename(target.default, ".js")] = from(name, source);
	}
	for (const own of ["worker", "cli"]) {
		if (existsSync(from(name, "src", `${own}.ts`)))
			entries[own] = from(name, "src", `${own}.ts`);
	}
	return entries;
}

function writeDeclarations(name) {
	const project = from(name, "dist.tsconfig.json");
	writeFileSync(
		project,
		JSON.stringify({
			extends: "../../tsconfig.json",
			compilerOptions: {
				noEmit: false,
				emitDeclarationOnly: true,
				rootDir: "src",
				outDir: "dist",
			},
			include: ["src/**/*.ts"],
		}),
	);
	try {
		execFileSync(
			process.execPath,
			[path.join(root, "node_modules/typescript/bin/tsc"), "-p", project],
			{ stdio: "inherit" },
		);
	} finally {
		rmSync(project);
	}
	// Sources name each other as .ts; a consumer's compiler looks for .js.
	for (const entry of readdirSync(from(name, "dist"), { recursive: true })) {
		if (!entry.endsWith(".d.ts")) continue;
		const file = from(name, "dist", entry);
		const text = readFileSync(file, "utf8");
		writeFileSync(
			file,
			text.replaceAll(/(from |import\()"(\.{1,2}\/[^"]+)\.ts"/g, '$1"$2.js"'),
		);
	}
}
