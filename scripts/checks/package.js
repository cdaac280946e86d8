// What a user installs is right: the packed files are the built ones and no others, publint and are-the-types-wrong find
// nothing in the tarball, and in an empty folder it installs, imports and requires. And the lock file is whole, which
// only `npm ci` says: one made by adding a package to what is installed may lack that package's other platforms.
// are-the-types-wrong judges by its profile "esm-only": every Node we support, from 20.19 on, can `require` an ES module,
// so there is no CommonJS build and nothing is missing for those who write `require`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { failuresOf, runCommand } from "../run-command.js";

export const needsBuild = true;

/** What each package may hold beside the first four. A command needs its own folder. */
const PUBLISHED = { "packages/azidentity": [], "packages/emulator": ["bin/"] };
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
	const packed = await npm(
		["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
		home,
	);
	if (packed.code !== 0) return [`${manifest.name}: ${packed.output}`];
	const [{ filename, files }] = JSON.parse(
		packed.output.slice(packed.output.search(/^\[/m)),
	);
	const tarball = path.join(folder, filename);
	const found = await Promise.all([
		wrongFiles(
			files.map((file) => file.path),
			more,
		),
		publintFindings(tarball),
		typesFindings(root, tarball),
		smoke(manifest, tarball, path.join(folder, path.basename(home))),
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
async function smoke({ name, exports }, tarball, home) {
	mkdirSync(home);
	const installed = await npm(
		[
			"install",
			"--prefix",
			home,
			// From the cache as far as it goes: a check should not wait for a registry.
			"--prefer-offline",
			"--ignore-scripts",
			"--no-audit",
			"--no-fund",
			tarball,
		],
		home,
	);
	if (installed.code !== 0) return failuresOf(installed);
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
	return failuresOf(
		await runCommand(
			process.execPath,
			["--no-warnings", "--input-type=module", "-e", program],
			{ cwd: home },
		),
	);
}

function npm(args, cwd) {
	return runCommand("npm", args, {
		cwd,
		// Inside `npm run` npm hands its own settings down, the workspace among them.
		env: { npm_config_workspace: "", npm_config_workspaces: "" },
	});
}
