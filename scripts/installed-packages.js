// What an installation holds: each package with the space it takes on disk, and whether it runs a script at install.
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** What most file systems give out: a file of one byte takes this much, and a folder as well. */
const BLOCK = 4096;
const AT_INSTALL = ["preinstall", "install", "postinstall"];

/** The packages under a folder's node_modules, largest first. */
export function installedPackages(folder) {
	return packageFolders(path.join(folder, "node_modules"))
		.map((home) => {
			const { name, version, scripts = {} } = manifestOf(home);
			const runs = AT_INSTALL.filter((script) => script in scripts);
			// npm runs node-gyp by itself where this lies.
			if (existsSync(path.join(home, "binding.gyp"))) runs.push("node-gyp");
			return { name, version, bytes: spaceOf(home), runs };
		})
		.sort((a, b) => b.bytes - a.bytes);
}

/** Lines for people: the sum, then each package with its share. */
export function sharesOf(packages) {
	const sum = packages.reduce((all, { bytes }) => all + bytes, 0);
	return [
		`${packages.length} packages, ${megabytes(sum)}`,
		...packages.map(
			({ name, version, bytes }) =>
				`${megabytes(bytes).padStart(8)}  ${String(Math.round((100 * bytes) / sum)).padStart(2)} %  ${name} ${version}`,
		),
	];
}

export function megabytes(bytes) {
	return `${(bytes / 1e6).toFixed(2)} MB`;
}

function packageFolders(modules) {
	if (!existsSync(modules)) return [];
	return readdirSync(modules)
		.filter((name) => !name.startsWith("."))
		.flatMap((name) =>
			name.startsWith("@")
				? readdirSync(path.join(modules, name)).map((each) => `${name}/${each}`)
				: [name],
		)
		.map((name) => path.join(modules, name))
		.flatMap((home) => [
			home,
			...packageFolders(path.join(home, "node_modules")),
		]);
}

/** What the files and folders of a package take, without the packages inside. */
function spaceOf(entry) {
	const stat = lstatSync(entry);
	if (!stat.isDirectory()) return Math.ceil(stat.size / BLOCK) * BLOCK;
	return readdirSync(entry)
		.filter((name) => name !== "node_modules")
		.map((name) => spaceOf(path.join(entry, name)))
		.reduce((all, each) => all + each, BLOCK);
}

function manifestOf(home) {
	return JSON.parse(readFileSync(path.join(home, "package.json"), "utf8"));
}
