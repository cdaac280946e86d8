// What a user installs is right: the packed files are the built ones and no others, publint and are-the-types-wrong find
// nothing in the tarball, and in an empty folder it installs, imports, requires and compiles, in the space we promise and
// with no script of any package run. And the lock file is whole, which only `npm ci` says: one made by adding a package to what is installed may lack that package's other platforms.
// are-the-types-wrong judges by its profile "esm-only": every Node we support, from 20.19 on, can `require` an ES module,
// so there is no CommonJS build and nothing is missing for those who write `require`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import {
	installedPackages,
	megabytes,
	sharesOf,
} from "../installed-packages.js";
import { install, npm, packPackage } from "../pack.js";
import { failuresOf, runCommand } from "../run-command.js";

export const needsBuild = true;

/** What each package may hold beside the first four. A command needs its own folder. */
const PUBLISHED = { "packages/azidentity": [], "packages/emulator": ["bin/"] };
/** What installing a package may bring, itself included. `npm run size` shows who takes how much. */
const MOST_INSTALLED = {
	azidentity: { packages: 35, bytes: 15_000_000 },
	"@azidentity/emulator": { packages: 60, bytes: 15_000_000 },
};
const ALWAYS = ["package.json", "README.md", "LICENSE", "dist/"];

export async function check(root) {
	const folder = mkdtempSync(path.join(tmpdir(), "check-package-"));
	try {
		const found = await Promise.all([
			npm(["ci", "--dry-run", "--ignore-scripts"], root).then(failuresOf),
			...Object.entries(PUBLISHED).map(([home, more]) =>
				checkPackage(path.join(root, home), more, root, folder),
			),
		]);
		return found.flat();
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function checkPackage(home, more, root, folder) {
	const manifest = JSON.parse(
		readFileSync(path.join(home, "package.json"), "utf8"),
	);
	const { tarball, files } = await packPackage(home, folder);
	const found = await Promise.all([
		wrongFiles(files, more),
		publintFindings(tarball),
		typesFindings(root, tarball),
		smoke(manifest, tarball, path.join(folder, path.basename(home)), root),
	]);
	return found.flat().map((each) => `${manifest.name}: ${each}`);
}

/** Files that do not belong in a package, and those it lacks. */
export function wrongFiles(files, more = []) {
	const allowed = [...ALWAYS, ...more];
	const holds = (file, each) =>
		each.endsWith("/") ? file.startsWith(each) : file === each;
	return [
		...files
			.filter((file) => !allowed.some((each) => holds(file, each)))
			.map((file) => `packs ${file}, which no user needs`),
		...allowed
			.filter((each) => !files.some((file) => holds(file, each)))
			.map((each) => `packs no ${each}`),
	];
}

async function publintFindings(tarball) {
	const bytes = readFileSync(tarball);
	const { messages, pkg } = await publint({
		strict: true,
		pack: {
			tarball: bytes.buffer.slice(
				bytes.byteOffset,
				bytes.byteOffset + bytes.length,
			),
		},
	});
	return messages.map(
		(message) => `publint: ${formatMessage(message, pkg, { color: false })}`,
	);
}

async function typesFindings(root, tarball) {
	const { code, output } = await runCommand(
		process.execPath,
		[
			"node_modules/@arethetypeswrong/cli/dist/index.js",
			tarball,
			"--profile",
			"esm-only",
			"--format",
			"ascii",
			"--no-color",
			"--no-emoji",
		],
		{ cwd: root },
	);
	return failuresOf({ code, output });
}

/** Installs the tarball where nothing else is, and loads each entry both ways. */
async function smoke({ name, exports }, tarball, home, root) {
	await install([tarball], home);
	const packages = installedPackages(home);
	const found = [
		...tooMuch(packages, MOST_INSTALLED[name]),
		...(await badTypes({ name, exports }, home, root)),
	];
	const entries = Object.entries(exports)
		.filter(([, target]) => typeof target === "object")
		.map(([subpath]) => name + subpath.slice(1));
	const program = `
		const { createRequire } = await import("node:module");
		const require = createRequire(process.cwd() + "/");
		for (const entry of ${JSON.stringify(entries)}) {
			const imported = Object.keys(await import(entry));
			const required = Object.keys(require(entry)).filter((each) => each !== "__esModule");
			if (imported.length === 0 || imported.join() !== required.join())
				throw new Error(\`\${entry}: import gives \${imported}; require gives \${required}\`);
		}
	`;
	const loaded = await runCommand(
		process.execPath,
		["--no-warnings", "--input-type=module", "-e", program],
		{ cwd: home },
	);
	return [...found, ...failuresOf(loaded)];
}

/** More packages or more space than promised, and packages that run something at install. */
export function tooMuch(packages, most) {
	const bytes = packages.reduce((sum, each) => sum + each.bytes, 0);
	const isOver = packages.length > most.packages || bytes > most.bytes;
	return [
		...packages
			.filter(({ runs }) => runs.length > 0)
			.map(({ name, runs }) => `${name} runs "${runs[0]}" at install`),
		...(isOver
			? [
					`installs more than ${most.packages} packages or ${megabytes(most.bytes)}:`,
					...sharesOf(packages),
				]
			: []),
	];
}

/** How programs find a package's types: as ES modules, as CommonJS, and as bundlers do. */
const CONSUMERS = [
	["module.mts", { module: "nodenext" }],
	["common.cts", { module: "nodenext" }],
	["node16.mts", { module: "node16" }],
	["node20.cts", { module: "node20" }],
	["bundler.ts", { module: "esnext", moduleResolution: "bundler" }],
];

/** What the compiler finds in the declarations themselves, and in programs of every kind that name each entry. */
async function badTypes({ name, exports }, home, root) {
	const entries = Object.values(exports).flatMap((target, index) =>
		typeof target === "object" ? [[index, Object.keys(exports)[index]]] : [],
	);
	const source = entries
		.map(
			([index, subpath]) =>
				`import * as m${index} from "${name}${subpath.slice(1)}";\nexport const n${index}: object = m${index};`,
		)
		.join("\n");
	const found = [];
	for (const [file, options] of CONSUMERS) {
		writeFileSync(path.join(home, file), source);
		const config = `tsconfig.${file}.json`;
		const compilerOptions = {
			target: "es2023",
			lib: ["es2023"],
			strict: true,
			noEmit: true,
			skipLibCheck: false,
			types: ["node"],
			typeRoots: [path.join(root, "node_modules/@types")],
			...options,
		};
		writeFileSync(
			path.join(home, config),
			JSON.stringify({ compilerOptions, files: [file] }),
		);
		const compiled = await runCommand(
			process.execPath,
			[
				path.join(root, "node_modules/typescript/bin/tsc"),
				"-p",
				config,
				"--pretty",
				"false",
			],
			{ cwd: home },
		);
		found.push(...failuresOf(compiled).map((line) => `${file}: ${line}`));
	}
	return found;
}
