// What is measured, by the names that rows use; where a program of its own runs it, the command and what it needs first.
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = import.meta.dirname;
const cache = path.resolve(here, "../node_modules/.cache/azidentity-bench");

/** How tables and plots call each. The last ones are no packages: they are limits, and parts of what is measured. */
export const TITLES = {
	azidentity: "azidentity (this package)",
	"azidentity-single": "azidentity, one credential",
	"azure-identity": "@azure/identity",
	"azure-identity-disk": "@azure/identity + persistence",
	"msal-node": "@azure/msal-node",
	"msal-node-disk": "@azure/msal-node + extensions",
	go: "azidentity for Go",
	python: "MSAL Python",
	node: "Node alone",
	disk: "the disk alone",
	cipher: "the cipher alone",
};

/** Ours, and those of other authors. */
export const LIBRARIES = [
	"azidentity",
	"azure-identity",
	"msal-node",
	"go",
	"python",
];

/** Those that run on Node. */
export const OF_NODE = ["azidentity", "azure-identity", "msal-node"];

const inNode = (subject) => [
	process.execPath,
	path.join(here, "programs/work.js"),
	subject,
];
const COMMANDS = {
	azidentity: async () => inNode("azidentity"),
	"azure-identity": () => inNodeWithToday("azure-identity"),
	"msal-node": () => inNodeWithToday("msal-node"),
	go: async () => [await goProgram()],
	python: async () => [
		await pythonWithMsal(),
		path.join(here, "programs/python/work.py"),
	],
};
const made = new Map();

/** Makes something once in a run, also when that fails. */
function once(name, make) {
	if (!made.has(name)) made.set(name, make());
	return made.get(name);
}

/** The command of a library's program, all that it needs installed or built. Rejects with what this machine lacks. */
export const commandOf = (subject) => once(subject, COMMANDS[subject]);

async function inNodeWithToday(subject) {
	await once("today", today);
	return inNode(subject);
}

/** Today's packages: those of bench/today, as their lock file says. */
async function today() {
	const home = path.join(here, "today");
	const lock = readFileSync(path.join(home, "package-lock.json"), "utf8");
	const mark = path.join(home, "node_modules/.installed-lock.json");
	const env = apartFromNpm();
	if (!existsSync(mark) || readFileSync(mark, "utf8") !== lock) {
		const quietly = ["--no-audit", "--no-fund", "--prefer-offline"];
		const args = ["ci", "--ignore-scripts", ...quietly];
		await run("npm", args, { cwd: home, env });
		writeFileSync(mark, lock);
	}
	const keytar = path.join(home, "node_modules/keytar");
	if (existsSync(path.join(keytar, "build/Release/keytar.node"))) return;
	// The headers that came with Node, so that nothing is downloaded.
	const nodedir = path.dirname(path.dirname(process.execPath));
	await run("npm", ["run", "build"], {
		cwd: keytar,
		env: { ...env, npm_config_nodedir: nodedir },
	}).catch(() => {
		throw new Error(
			"its native part could not be compiled, which takes a compiler, Python 3 and libsecret-1-dev",
		);
	});
}

async function goProgram() {
	await mustBeThere("go", ["version"], "there is no go here");
	const program = path.join(cache, "go-work");
	const cwd = path.join(here, "programs/go");
	await run("go", ["build", "-o", program, "."], { cwd });
	return program;
}

async function pythonWithMsal() {
	const lack = "there is no python3 with venv here";
	await mustBeThere("python3", ["-c", "import venv, ensurepip"], lack);
	const requirements = path.join(here, "programs/python/requirements.txt");
	const wanted = readFileSync(requirements, "utf8");
	const home = path.join(cache, "python");
	const mark = path.join(home, "complete");
	const python = path.join(home, "bin/python");
	if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return python;
	await run("python3", ["-m", "venv", "--clear", home]);
	await run(python, ["-m", "pip", "install", "-q", "-r", requirements]);
	writeFileSync(mark, wanted);
	return python;
}

async function mustBeThere(command, args, lack) {
	try {
		await run(command, args);
	} catch {
		throw new Error(lack);
	}
}

/** Inside `npm run`, npm hands its own settings down. */
function apartFromNpm() {
	const own = Object.entries(process.env).filter(
		([name]) => !/^npm_(config_workspace|package_|lifecycle_)/i.test(name),
	);
	return { ...Object.fromEntries(own), HOME: os.homedir() };
}
