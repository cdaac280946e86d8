// One credential is small: bundled alone, it is at most 30 kB minified, and holds nothing of its neighbours. What loads
// on first need is not in it: the HTTP stack, and the parts in dist/parts. Composites hold what they are made of, and
// have limits of their own below.
import { readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

export const needsBuild = true;

const MOST_BYTES = 30 * 1024;

/** Entries that may be larger, with the reason. A new one needs a better reason. */
const LARGER = {
	".": { bytes: 80 * 1024, reason: "all credentials" },
	"./default-azure-credential": {
		bytes: 50 * 1024,
		reason:
			"its constructor makes the seven credentials that it is made of, each of which refuses bad input there and then",
	},
};

/** The credentials that some are made of. */
const MADE_OF = {
	"./default-azure-credential": /Credential$/,
	"./environment-credential":
		/^(Client(Secret|Certificate)|UsernamePassword)Credential$/,
};

const CREDENTIAL = /\b[A-Z][A-Za-z]+Credential\b/g;

export async function check(root) {
	const home = path.join(root, "packages/azidentity");
	const { exports } = JSON.parse(
		readFileSync(path.join(home, "package.json"), "utf8"),
	);
	const entries = Object.entries(exports).filter(
		([, target]) => typeof target === "object",
	);
	const sizes = await Promise.all(
		entries.map(async ([subpath, target]) => ({
			subpath,
			code: await bundled(path.join(home, target.default)),
		})),
	);
	const names = credentialsOf(entries);
	return sizes.flatMap((size) => [
		...tooLarge(size),
		...neighbours(size, names),
	]);
}

/** The entry as a user's bundler makes it: minified, everything that it loads at once in one text. */
export async function bundled(file) {
	const { outputFiles } = await build({
		entryPoints: [file],
		bundle: true,
		minify: true,
		write: false,
		format: "esm",
		platform: "node",
		packages: "external",
		logLevel: "error",
		plugins: [lateParts],
	});
	return outputFiles[0].text;
}

const lateParts = {
	name: "late-parts",
	setup({ onResolve }) {
		onResolve({ filter: /./ }, ({ kind, path: id }) =>
			kind === "dynamic-import" ? { path: id, external: true } : undefined,
		);
	},
};

function tooLarge({ subpath, code }) {
	const { bytes: most, reason } = LARGER[subpath] ?? { bytes: MOST_BYTES };
	if (code.length <= most) return [];
	const why = reason === undefined ? "" : ` (${reason})`;
	return [
		`${subpath}: ${code.length} bytes minified, and may have ${most}${why}; what only a request needs can load late`,
	];
}

/** The names of other credentials that have an entry of their own. */
function neighbours({ subpath, code }, names) {
	const own = names.get(subpath);
	// What is no credential may well advise one.
	if (own === undefined) return [];
	const found = new Set(code.match(CREDENTIAL));
	return [...found]
		.filter((name) => name !== own && [...names.values()].includes(name))
		.filter((name) => !MADE_OF[subpath]?.test(name))
		.map((name) => `${subpath}: its bundle holds the name ${name}`);
}

/** The credential of each entry, by its file's name. */
function credentialsOf(entries) {
	return new Map(
		entries
			.filter(([subpath]) => subpath.endsWith("-credential"))
			.map(([subpath]) => [
				subpath,
				path
					.basename(subpath)
					.replaceAll(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase()),
			]),
	);
}
