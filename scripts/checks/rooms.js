// Who may import whom: a room imports only rooms below it, siblings meet in their caller, and nobody reaches into
// another package past its exports. Knowledge then lives in one place and flows down. The tables below are the rule.
// Import cycles and `export *` are the linter's (biome.json).
import { builtinModules } from "node:module";
import path from "node:path";
import { BUNDLED } from "../bundled-packages.js";
import { importsOf } from "../parse-source.js";
import { isCode, trackedFiles } from "../tracked-files.js";

const LIBRARY = "packages/azidentity/src/";

/**
 * From each room of the library, the rooms it may name. "cache: types" allows `import type` only; what "late" allows is
 * `import()`. Every room may name `foundation` and its own files, save as SIBLINGS says.
 */
const ROOMS = {
	foundation: [],
	platform: [],
	cache: [],
	entra: ["platform"],
	"managed-identity": ["platform"],
	tools: ["platform"],
	stores: ["platform", "cache: types"],
	credentials: [
		"platform",
		"cache",
		"entra",
		"managed-identity",
		"tools",
		"stores: late, from credentials/cache-options.ts",
	],
	pipeline: ["cache"],
};

/** Files at the top that every room may name: what flows between rooms. */
const FOUNDATION_FILES = ["token.ts", "errors.ts", "authentication-record.ts"];

/** Rooms whose parts never name each other, but for their types: one host, one tool, one store, one credential each. */
const SIBLINGS = {
	"managed-identity": (from, to) => [from, to].every(isHost),
	tools: () => true,
	stores: (from, to) => from.split("/")[1] !== to.split("/")[1],
	credentials: (from, to) =>
		to.endsWith("-credential.ts") && !COMPOSITES.includes(from),
};

const isHost = (file) => file.startsWith("managed-identity/hosts/");

/** The credentials that are made of credentials. */
const COMPOSITES = [
	"credentials/chained-token-credential.ts",
	"credentials/default-azure-credential.ts",
	"credentials/environment-credential.ts",
];

/** The emulator's dialect has no HTTP and no engine, so that either can be replaced. */
const DIALECT = "packages/emulator/src/dialect/";
const NOT_IN_DIALECT =
	/^(\.\.\/(engine|edge)\/|(node:)?(http|https|http2|net|tls)$|oidc-provider)/;

/** Importing it at run time costs 35 ms, so it is named for its types only. */
const TYPES_ONLY = ["@azure/core-auth"];

export function check(root) {
	return findings(trackedFiles(root));
}

/** What breaks the table, in a list of `{ path, text }`. */
export function findings(files) {
	const packages = packagesOf(files);
	return files
		.filter(isCode)
		.flatMap((file) =>
			importsOf(file).flatMap((found) =>
				[
					wrongRoom(file, found),
					wrongPackage(file, found, packages),
					file.path.startsWith(DIALECT) && NOT_IN_DIALECT.test(found.specifier)
						? "the dialect knows no HTTP and no engine"
						: undefined,
				]
					.filter((reason) => reason !== undefined)
					.map(
						(reason) =>
							`${file.path}:${found.line}: imports "${found.specifier}": ${reason}`,
					),
			),
		);
}

function wrongRoom(file, { specifier, typeOnly, late }) {
	if (!file.path.startsWith(LIBRARY) || !specifier.startsWith(".")) return;
	const from = file.path.slice(LIBRARY.length);
	const to = path.posix.join(path.posix.dirname(from), specifier);
	if (to.startsWith("..")) return; // wrongPackage speaks of it
	if (from === "index.ts") return; // the list of public names
	const [here, there] = [roomOf(from), roomOf(to)];
	if (here === undefined) return "no room has this name; see ROOMS";
	if (there === "foundation") return;
	if (here === there) {
		if (from === to || typeOnly || !SIBLINGS[here]?.(from, to)) return;
		return `parts of ${here} never name each other (but for their types); they meet in their caller`;
	}
	const rule = ROOMS[here].find((entry) => entry.split(":")[0] === there);
	if (rule === undefined) return `${here} may not name ${there}`;
	if (rule.endsWith(": types") && !typeOnly)
		return `${here} may name ${there} for its types only`;
	const place = /: late, from (.+)$/.exec(rule)?.[1];
	if (place === undefined || (from === place && (late || typeOnly))) return;
	return `${there} loads late, by import(), from ${place} only`;
}

function roomOf(file) {
	const [top] = file.split("/");
	if (FOUNDATION_FILES.includes(file)) return "foundation";
	return top in ROOMS ? top : undefined;
}

/** The manifest of each package by its folder; "" is the workspace's own. */
function packagesOf(files) {
	return new Map(
		files
			.filter(({ path: file }) => path.posix.basename(file) === "package.json")
			.map(({ path: file, text }) => [
				path.posix.dirname(file) === "." ? "" : path.posix.dirname(file),
				JSON.parse(text),
			]),
	);
}

function wrongPackage(file, { specifier, typeOnly }, packages) {
	const folder = folderOf(file.path, packages);
	if (specifier.startsWith("."))
		return folderOf(
			path.posix.join(path.posix.dirname(file.path), specifier),
			packages,
		) === folder
			? undefined
			: "another package is named by its name, not by a path";
	if (specifier.startsWith("node:") || specifier.startsWith("#")) return;
	if (builtinModules.includes(specifier)) return 'write "node:" before it';
	const name = specifier
		.split("/")
		.slice(0, specifier.startsWith("@") ? 2 : 1)
		.join("/");
	if (TYPES_ONLY.includes(name) && isShipped(file) && !typeOnly)
		return "only ever imported for its types (import type)";
	const own = [...packages.values()].find((manifest) => manifest.name === name);
	const subpath = `.${specifier.slice(name.length)}`;
	if (own !== undefined && !(subpath in (own.exports ?? {})))
		return `${name} does not export ${subpath}`;
	if (own !== undefined && own === packages.get(folder)) return;
	return undeclared(file, { name, typeOnly }, folder, packages);
}

function undeclared(file, { name, typeOnly }, folder, packages) {
	const manifest = packages.get(folder) ?? {};
	const shipped = Object.keys({
		...manifest.dependencies,
		...manifest.peerDependencies,
		...manifest.optionalDependencies,
	});
	if (shipped.includes(name)) return;
	// Types that no public name needs do not ship: check:package compiles against those that do.
	const isBuiltIn = BUNDLED[manifest.name]?.includes(name) ?? false;
	if (isShipped(file) && !manifest.private && !typeOnly && !isBuiltIn)
		return `${name} is not a dependency of ${manifest.name}, so a user would not have it`;
	const here = [manifest, packages.get("") ?? {}].flatMap((each) =>
		Object.keys({ ...each.devDependencies }),
	);
	return here.includes(name)
		? undefined
		: `${name} is not declared in ${folder}/package.json`;
}

function isShipped(file) {
	return /^packages\/[^/]+\/(src|bin)\//.test(file.path);
}

/** The folder of the package that a path belongs to: the longest that holds it. */
function folderOf(file, packages) {
	let folder = path.posix.dirname(file);
	while (folder !== "." && !packages.has(folder))
		folder = path.posix.dirname(folder);
	return folder === "." ? "" : folder;
}
