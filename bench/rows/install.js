import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { forComparison, less } from "../asked.js";

const run = promisify(execFile);
/** Installs packages, ours unless told, and prints their number and size. */
const SIZE = new URL("../../scripts/size.js", import.meta.url).pathname;

/** What a user types, and what brings a cache on disk with it. */
const PACKAGES = {
	"azure-identity": ["@azure/identity"],
	"azure-identity-disk": [
		"@azure/identity",
		"@azure/identity-cache-persistence",
	],
	"msal-node": ["@azure/msal-node"],
	"msal-node-disk": ["@azure/msal-node", "@azure/msal-node-extensions"],
};

export const row = {
	title: "installation",
	how: "`npm install` into an empty folder, without scripts of packages: how many packages come, and the space they take on disk. Ours has the cache on disk in it; the others need a further package for that.",
	unit: "bytes",
	subjects: ["azidentity", ...Object.keys(PACKAGES)],
	turns: { full: 1, quick: 1 },
	columns: [
		{ key: "packages", title: "packages", unit: "packages" },
		{ key: "bytes", title: "space on disk", unit: "bytes" },
	],
	asked: [
		{
			...{ ...less, column: "packages", title: "installation, packages" },
			...{ text: "less, each with its cache on disk" },
			beside: "azure-identity-disk",
		},
		{
			...{ ...forComparison(), column: "bytes", title: "installation, size" },
			beside: "azure-identity-disk",
		},
	],
	async measure(subject) {
		const specifiers = (PACKAGES[subject] ?? []).map(withVersion);
		const args = [SIZE, "--json", ...specifiers];
		const { stdout } = await run(process.execPath, args);
		return JSON.parse(stdout);
	},
};

/** The version that the other rows measure. */
function withVersion(name) {
	const manifest = new URL("../today/package.json", import.meta.url);
	const { dependencies } = JSON.parse(readFileSync(manifest, "utf8"));
	return `${name}@${dependencies[name]}`;
}
