import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { commandOf } from "./subjects.js";

const { resolve } = createRequire(import.meta.url);

/** What the figures were measured on. */
export function machine() {
	const processors = os.cpus();
	return {
		system: systemName(),
		kernel: `${os.type()} ${os.release()}`,
		processor: processors[0]?.model ?? "unknown",
		cores: processors.length,
		memory: os.totalmem(),
		filesystem: filesystemOf(os.tmpdir()),
	};
}

function systemName() {
	try {
		const release = readFileSync("/etc/os-release", "utf8");
		return /^PRETTY_NAME="?([^"\n]+)/m.exec(release)?.[1] ?? os.type();
	} catch {
		return os.type();
	}
}

/** The type of the file system that the caches lie on. */
function filesystemOf(folder) {
	try {
		const mounts = readFileSync("/proc/self/mounts", "utf8")
			.trimEnd()
			.split("\n")
			.map((line) => line.split(" "))
			.filter(([, at]) => `${folder}/`.startsWith(at.replace(/\/?$/, "/")))
			.sort(([, one], [, other]) => other.length - one.length);
		return mounts[0]?.[2] ?? "unknown";
	} catch {
		return "unknown";
	}
}

/** Versions of what is measured, by what people call it; without what this machine lacks. */
export async function versions() {
	return {
		Node: process.version.slice(1),
		azidentity: versionIn(resolve("azidentity")),
		...today(),
		...(await goVersions()),
		...(await pythonVersions()),
	};
}

function versionIn(entry) {
	const home = entry.slice(0, entry.lastIndexOf("/dist/"));
	return JSON.parse(readFileSync(path.join(home, "package.json"), "utf8"))
		.version;
}

function today() {
	const manifest = new URL("today/package.json", import.meta.url);
	return JSON.parse(readFileSync(manifest, "utf8")).dependencies;
}

async function goVersions() {
	try {
		const [program] = await commandOf("go");
		const said = execFileSync("go", ["version", "-m", program]).toString();
		const module = (name) =>
			new RegExp(`/sdk/${name}\\s+v(\\S+)`).exec(said)?.[1];
		return {
			Go: /: go(\S+)/.exec(said)?.[1],
			"azidentity for Go": module("azidentity"),
			"azidentity/cache for Go": module("azidentity/cache"),
		};
	} catch {
		return {};
	}
}

async function pythonVersions() {
	try {
		const [python] = await commandOf("python");
		const said = execFileSync(python, ["--version"]).toString();
		const wanted = new URL("programs/python/requirements.txt", import.meta.url);
		return {
			Python: said.trim().split(" ")[1],
			...Object.fromEntries(
				readFileSync(wanted, "utf8")
					.split("\n")
					.filter((line) => line.startsWith("msal"))
					.map((line) => line.split("==")),
			),
		};
	} catch {
		return {};
	}
}
