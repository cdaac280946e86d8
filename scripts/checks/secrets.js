// Nothing secret is in version control, and nothing secret leaves the library: what looks like a key, a token or a
// password in a tracked file is refused, and the tests that plant secrets and search every log line, error and
// `inspect` for them are run. They are named packages/*/test/**/secrets*.test.ts.

import { runCommand } from "../run-command.js";
import { trackedFiles } from "../tracked-files.js";

const KEY = "a key of 64 bytes in base64";

const LOOKS_SECRET = {
	"a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{16}/,
	// A token whose header says `{"alg":"none"` is signed by nobody.
	"a signed token":
		/\b(?!eyJhbGciOiJub25l)eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
	"an encrypted token":
		/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
	"a client secret of Entra ID": /\b[\w~.-]{3}\dQ~[\w~.-]{31,34}\b/,
	"a storage account key": /AccountKey=[A-Za-z0-9+/]{60,}={0,2}/,
	[KEY]: /(?<![\w+/])[A-Za-z0-9+/]{86}==/,
	"an access token of a code host":
		/\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|glpat-[\w-]{20})/,
	"a publishing token": /\b(npm_[A-Za-z0-9]{36}|pypi-[\w-]{80,})/,
	// Whoever is called `user` is plainly made up.
	"a password in an address":
		/\bhttps?:\/\/(?!user:)[^\s/:@"'`$<{]+:[^\s/:@"'`$<{]+@/,
};

/** Files that may hold what looks like a secret, by their names, each with what and why. */
const WELL_KNOWN = {
	"package-lock.json": { [KEY]: "integrity hashes of packages" },
};

export async function check(root) {
	const files = trackedFiles(root);
	return [...findings(files), ...(await plantedSecrets(root, files))];
}

/** What looks like a secret in a list of `{ path, text }`; never the secret itself. */
export function findings(files, wellKnown = WELL_KNOWN) {
	return files.flatMap(({ path, text }) =>
		Object.entries(LOOKS_SECRET)
			.filter(([what]) => wellKnown[nameOf(path)]?.[what] === undefined)
			.map(([what, pattern]) => ({ what, found: pattern.exec(text) }))
			.filter(({ found }) => found !== null)
			.filter(({ what, found }) => what !== KEY || !isText(found[0]))
			.map(
				({ what, found }) =>
					`${path}:${text.slice(0, found.index).split("\n").length}: looks like ${what}`,
			),
	);
}

const nameOf = (path) => path.split("/").at(-1);

/** Whether it is base64 of something a person can read: a claims challenge, a document, never a key. */
function isText(found) {
	return /^[ -~\s]+$/.test(Buffer.from(found, "base64").toString("utf8"));
}

async function plantedSecrets(root, files) {
	const tests = files
		.map(({ path }) => path)
		.filter((path) =>
			/^packages\/[^/]+\/test\/(.+\/)?secrets[^/]*\.test\.ts$/.test(path),
		);
	if (tests.length === 0) return [];
	const { code, output } = await runCommand(
		process.execPath,
		["node_modules/vitest/vitest.mjs", "run", ...tests],
		{ cwd: root },
	);
	return code === 0 ? [] : output.trimEnd().split("\n");
}
