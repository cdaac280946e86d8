// Today's package with its plugin for tokens on disk, installed for the benchmark only. The plugin has native parts that are
// compiled against Debian's libsecret-1-dev, and the project shall install without a compiler.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const directory = path.resolve(
	import.meta.dirname,
	"../node_modules/.cache/bench-today",
);
const PLUGIN = "@azure/identity-cache-persistence@1.2.0";

/** Where a measure finds it; undefined, and the reason printed, where it cannot be installed. */
export async function persistentToday() {
	const keytar = path.join(directory, "node_modules/keytar");
	const built = path.join(keytar, "build/Release/keytar.node");
	try {
		if (!existsSync(built)) await install(keytar);
		return directory;
	} catch (error) {
		console.error(
			`tokens on disk of @azure/identity are left out: ${PLUGIN} could not be built, which takes a compiler and libsecret-1-dev (${error.message.split("\n", 1)})`,
		);
		return undefined;
	}
}

async function install(keytar) {
	mkdirSync(directory, { recursive: true });
	const manifest = path.join(directory, "package.json");
	writeFileSync(manifest, JSON.stringify({ private: true, type: "module" }));
	const { version } = createRequire(import.meta.url)(
		"@azure/identity/package.json",
	);
	const quietly = ["--no-audit", "--no-fund", "--ignore-scripts"];
	await run(
		"npm",
		["install", ...quietly, `@azure/identity@${version}`, PLUGIN],
		{
			cwd: directory,
		},
	);
	// The headers that came with Node, so that nothing is downloaded.
	const nodedir = path.dirname(path.dirname(process.execPath));
	await run("npm", ["run", "build"], {
		cwd: keytar,
		env: { ...process.env, npm_config_nodedir: nodedir },
	});
}
