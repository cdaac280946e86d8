// The runtimes a user may have. Their binaries come as npm packages, so that nothing but npm is needed, and stay in
// node_modules/.cache.
import { existsSync } from "node:fs";
import path from "node:path";
import { install } from "./pack.js";

const root = path.dirname(import.meta.dirname);
const { arch } = process;
const windows = process.platform === "win32";
const platform = windows ? "win" : process.platform;
const exe = windows ? ".exe" : "";
const deno =
	process.platform === "linux"
		? `linux-${arch}-glibc`
		: `${process.platform}-${arch}`;
const bun = `${windows ? "windows" : process.platform}-${arch === "arm64" ? "aarch64" : arch}`;

/** For each runtime: its package for this machine, and the binary in it. */
const PACKAGES = {
	node: [`node-${platform}-${arch}`, `bin/node${exe}`],
	bun: [`@oven/bun-${bun}`, `bin/bun${exe}`],
	deno: [`@deno/${deno}`, `deno${exe}`],
};

/** The path of a runtime's binary, fetched when it is not there yet. A version of "22" means the newest of that line. */
export async function runtime(name, version) {
	const [packageName, binary] = PACKAGES[name];
	const home = path.join(root, "node_modules/.cache", `${name}s`, version);
	const file = path.join(home, "node_modules", packageName, binary);
	if (existsSync(file)) return file;
	await install([`${packageName}@${version}`], home);
	if (existsSync(file)) return file;
	throw new Error(`${packageName} ${version} holds no ${binary}`);
}
