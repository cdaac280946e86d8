// Builds every package. What its entry points load at once ships as one file that they share, and each lazy part as one
// more: importing many small files is what makes a package slow to load. Type declarations stand beside them.
// `--quiet` leaves the declarations out and prints nothing: enough to run, and under a second.
import { execFileSync } from "node:child_process";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmdirSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { transformSync } from "esbuild";
import { rolldown } from "rolldown";
import { BUNDLED } from "./bundled-packages.js";

/** A declaration that another one names, by the path of its source. */
const NAMES_SOURCE = /(from |import |import\()"(\.{1,2}\/[^"]+)\.ts"/g;

/** What others wrote is read in their package; what we wrote may be read here. */
const smallerPackages = {
	name: "smaller-packages",
	transform: (code, id) =>
		id.includes("node_modules") && id.endsWith(".js")
			? transformSync(code, { minify: true, legalComments: "none" })
			: null,
};

const quiet = process.argv.includes("--quiet");
const root = path.dirname(import.meta.dirname);
const from = (...parts) => path.join(root, "packages", ...parts);

// Made aside and moved into place whole: a test that runs meanwhile meets the old files or the new, never none.
const cache = path.join(root, "node_modules/.cache");
mkdirSync(cache, { recursive: true });
const aside = mkdtempSync(path.join(cache, "build-"));
try {
	for (const name of ["azidentity", "emulator"]) await buildPackage(name);
} catch (error) {
	// What is wrong with the sources has been printed by who found it; our own stack adds nothing.
	if (error.errors === undefined && error.status === undefined) throw error;
	process.exitCode = 1;
} finally {
	rmSync(aside, { recursive: true, force: true });
}

async function buildPackage(name) {
	const entries = entryPoints(name);
	const atOnce = loadedAtOnce(entries.index);
	const bundle = await rolldown({
		input: entries,
		platform: "node",
		external: (id) => !isOurs(id) && !isBundled(name, id),
		plugins: [atOnce.plugin, smallerPackages],
		checks: { ineffectiveDynamicImport: false },
	});
	const { output } = await bundle.write({
		dir: path.join(aside, name),
		format: "esm",
		entryFileNames: "[name].js",
		// Beside the entries, as its modules are in the sources: they name their neighbours relative to themselves.
		chunkFileNames: ({ name }) =>
			name === "core" ? "core.js" : "parts/[name]-[hash].js",
		codeSplitting: { groups: [{ name: "core", test: atOnce.has }] },
	});
	await bundle.close();
	for (const each of BUNDLED[name])
		copyFileSync(
			path.join(root, "node_modules", each, "LICENSE"),
			path.join(aside, name, `parts/${each}.LICENSE.txt`),
		);
	if (!quiet) writeDeclarations(name);
	moveIntoPlace(name);
	if (quiet) return;
	const bytes = output.reduce((sum, { code = "" }) => sum + code.length, 0);
	console.log(`built ${name}: ${Math.round(bytes / 1024)} kB`);
}

function isOurs(id) {
	return id.startsWith(".") || path.isAbsolute(id);
}

function isBundled(name, id) {
	return BUNDLED[name].some((each) => id.startsWith(`${each}/`));
}

/** Which modules come at once with the entry that has everything. */
function loadedAtOnce(entry) {
	const imports = new Map();
	let found;
	return {
		plugin: {
			name: "loaded-at-once",
			moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds),
		},
		has(id) {
			found ??= closure(entry, imports);
			return found.has(id);
		},
	};
}

function closure(entry, imports) {
	const found = new Set();
	const queue = [...(imports.get(entry) ?? [])];
	for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
		if (found.has(id) || !imports.has(id)) continue;
		found.add(id);
		queue.push(...imports.get(id));
	}
	return found;
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

function moveIntoPlace(name) {
	const old = path.join(aside, `${name}-old`);
	if (existsSync(from(name, "dist"))) renameSync(from(name, "dist"), old);
	try {
		renameSync(path.join(aside, name), from(name, "dist"));
	} catch (error) {
		// Another build of the same sources was faster by a moment; its files are as good as ours.
		if (!["ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
	}
}

function writeDeclarations(name) {
	const project = path.join(aside, `${name}.tsconfig.json`);
	writeFileSync(
		project,
		JSON.stringify({
			extends: path.join(root, "tsconfig.json"),
			compilerOptions: {
				noEmit: false,
				emitDeclarationOnly: true,
				stripInternal: true,
				rootDir: from(name, "src"),
				outDir: path.join(aside, name),
				typeRoots: [path.join(root, "node_modules/@types")],
			},
			include: [from(name, "src/**/*.ts")],
		}),
	);
	execFileSync(
		process.execPath,
		[path.join(root, "node_modules/typescript/bin/tsc"), "-p", project],
		{ stdio: "inherit" },
	);
	keepPublicDeclarations(name);
}

/** What somebody who imports an entry point can come across; the declarations of the rest would be two thirds of all. */
function keepPublicDeclarations(name) {
	const home = path.join(aside, name);
	const { exports } = JSON.parse(
		readFileSync(from(name, "package.json"), "utf8"),
	);
	const queue = Object.values(exports)
		.filter(({ types }) => types !== undefined)
		.map(({ types }) => path.join(aside, name, path.relative("dist", types)));
	const wanted = new Set();
	for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
		if (wanted.has(file)) continue;
		wanted.add(file);
		const text = readFileSync(file, "utf8");
		for (const [, , named] of text.matchAll(NAMES_SOURCE))
			queue.push(path.resolve(path.dirname(file), `${named}.d.ts`));
		// Sources name each other as .ts; a consumer's compiler looks for .js.
		writeFileSync(file, text.replaceAll(NAMES_SOURCE, '$1"$2.js"'));
	}
	for (const entry of readdirSync(home, { recursive: true })) {
		const file = path.join(home, entry);
		if (file.endsWith(".d.ts") && !wanted.has(file)) rmSync(file);
	}
	removeEmptyFolders(home);
}

function removeEmptyFolders(home) {
	for (const entry of readdirSync(home, { withFileTypes: true }))
		if (entry.isDirectory()) removeEmptyFolders(path.join(home, entry.name));
	if (readdirSync(home).length === 0) rmdirSync(home);
}
