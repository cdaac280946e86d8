// Packs a package as it would be published, and installs it where nothing else is, as a user does.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { runCommand } from "./run-command.js";

/** Resolves to the path of the packed file and the paths in it. */
export async function packPackage(home, folder) {
	const { code, output } = await npm(
		["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
		home,
	);
	if (code !== 0) throw new Error(`npm pack failed in ${home}:\n${output}`);
	const [{ filename, files }] = JSON.parse(output.slice(output.search(/^\[/m)));
	return {
		tarball: path.join(folder, filename),
		files: files.map((file) => file.path),
	};
}

/** Installs packed files, and packages by name, into a folder. Scripts of packages run only with `env` that says so. */
export async function install(specifiers, folder, env = {}) {
	mkdirSync(folder, { recursive: true });
	const { code, output } = await npm(
		[
			"install",
			"--prefix",
			folder,
			// From the cache as far as it goes: nobody should wait for a registry.
			"--prefer-offline",
			"--ignore-scripts",
			"--no-audit",
			"--no-fund",
			...specifiers,
		],
		folder,
		env,
	);
	if (code !== 0) throw new Error(`npm install failed:\n${output}`);
}

/** Runs npm apart from the workspace: inside `npm run` it hands its own settings down. */
export function npm(args, cwd, env = {}) {
	return runCommand("npm", args, {
		cwd,
		env: { npm_config_workspace: "", npm_config_workspaces: "", ...env },
	});
}
