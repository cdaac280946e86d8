// The package as its users get it, in each runtime they may have: packed, installed from the tarball into a folder where
// nothing else is, without running any script and without a compiler in reach, then loaded by `import` and by `require`
// and set to work against the emulator. The smoke tests are packages/azidentity/test-runtimes.
//   node scripts/test-runtimes.js            all of them
//   node scripts/test-runtimes.js bun deno   those with these words in their names
import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { rootCertificates } from "node:tls";
import { startEmulator } from "@azidentity/emulator";
import { install, packPackage } from "./pack.js";
import { runSmoke } from "./run-smoke.js";
import { runtime } from "./runtimes.js";
import { closeRun } from "./test-counts.js";

/** As many as the smallest machine we run on has cores. */
const AT_ONCE = 2;
const DENO = [
	"run",
	"--no-prompt",
	"--cached-only",
	...["env", "sys", "read", "write", "net", "run"].map(
		(each) => `--allow-${each}`,
	),
];

/** It protects nothing: the key is the emulator's. */
const PKCS12_PASSWORD = "azidentity";

const root = path.dirname(import.meta.dirname);
const library = path.join(root, "packages/azidentity");
const asked = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), "azidentity-runtimes-"));
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
	const { tarball } = await packPackage(library, folder);
	const whole = await installed(tarball, "whole", []);
	const bare = await installed(tarball, "bare", ["--omit=optional"]);
	const queue = (await subjects(whole, bare)).filter(
		({ name }) =>
			asked.length === 0 || asked.some((word) => name.includes(word)),
	);
	await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue)));
} finally {
	rmSync(folder, { recursive: true, force: true });
}
closeRun(counts);
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;

/** What runs where: every runtime by both ways of loading, and those that lack native code. */
async function subjects(whole, bare) {
	const runtimes = [
		{ name: "node 20.19.0", command: [await runtime("node", "20.19.0")] },
		{ name: "node 22", command: [await runtime("node", "22")] },
		{ name: "node 24", command: [await runtime("node", "24")] },
		{ name: "node 26", command: [await runtime("node", "26")] },
		{ name: "bun", command: [await runtime("bun", "1.4.5")] },
		{
			name: "deno",
			command: [await runtime("deno", "2.9.6"), ...DENO, "--allow-ffi"],
		},
	];
	// The first Node with `require` of ES modules is the oldest we support.
	const both = runtimes.flatMap(({ name, command }) =>
		["by-import.mjs", "by-require.cjs"].map((program) => ({
			name: `${name}, ${program.split(".")[0]}`,
			command,
			program,
			home: whole,
		})),
	);
	const lacking = [
		{
			name: "deno without --allow-ffi",
			command: [await runtime("deno", "2.9.6"), ...DENO],
			home: whole,
			advice: "--allow-ffi",
			// Deno shows the kernel's own files to programs that may do everything, and to no other.
			browserAdvice: "--allow-all",
		},
		{
			name: "node 22 without optional packages",
			command: [await runtime("node", "22")],
			home: bare,
			advice: "install azidentity's dependencies for this platform",
		},
	];
	return [
		...both,
		...lacking.map((each) => ({ ...each, program: "by-import.mjs" })),
	];
}

async function work(queue) {
	const emulator = await startEmulator();
	try {
		for (let next = queue.shift(); next; next = queue.shift()) {
			const started = performance.now();
			const subject = { ...next, env: surroundings(next.home, emulator) };
			const results = await runSmoke(subject, emulator, jobFor(next, emulator));
			const failed = results.filter(({ failure }) => failure !== undefined);
			counts.passed += results.length - failed.length;
			counts.failed += failed.length;
			const seconds = ((performance.now() - started) / 1000).toFixed(1);
			console.log(
				`${next.name}: ${results.length - failed.length} passed, ${failed.length} failed, ${seconds} s`,
			);
			for (const { title, failure } of failed)
				console.log(`  ${title}\n    ${failure.replaceAll("\n", "\n    ")}`);
		}
	} finally {
		await emulator.close();
	}
}

/** A folder in which the packed file is installed, with nothing in reach but Node, npm and a shell. */
async function installed(tarball, name, flags) {
	const [home, bin] = [
		path.join(folder, name),
		path.join(folder, `${name}-bin`),
	];
	mkdirSync(bin);
	for (const tool of ["node", "npm", "sh"])
		symlinkSync(pathOf(tool), path.join(bin, tool));
	for (const tool of ["cc", "gcc", "make", "python3"])
		if (
			spawnSync(tool, ["--version"], { env: { PATH: bin } }).error === undefined
		)
			throw new Error(`${tool} is in reach of the installation`);
	await install([tarball, ...flags], home, { PATH: bin });
	cpSync(path.join(library, "test-runtimes"), home, { recursive: true });
	return home;
}

function pathOf(tool) {
	return execFileSync("sh", ["-c", `command -v ${tool}`], {
		encoding: "utf8",
	}).trim();
}

/** What a smoke test is told. */
function jobFor({ home, advice, browserAdvice }, emulator) {
	const { daemon, native } = emulator.apps;
	const { exports } = JSON.parse(
		readFileSync(path.join(library, "package.json"), "utf8"),
	);
	return {
		role: "everything",
		entries: Object.entries(exports)
			.filter(([, target]) => typeof target === "object")
			.map(([subpath]) => `azidentity${subpath.slice(1)}`),
		authorityHost: emulator.authorityHost,
		managedIdentityUrl: emulator.managedIdentityUrl,
		ca: emulator.ca,
		otherCa: rootCertificates[0],
		tenantId: emulator.tenants.contoso.id,
		clientId: daemon.clientId,
		secret: daemon.secrets[0],
		certificate: emulator.appCertificate.pem,
		pkcs12: pkcs12(emulator.appCertificate.file),
		pkcs12Password: PKCS12_PASSWORD,
		publicClientId: native.clientId,
		username: emulator.users.alice.username,
		hasNativeCode: advice === undefined,
		advice,
		browserAdvice,
		disk: {
			enabled: true,
			directory: mkdtempSync(path.join(home, "disk-")),
			name: `runtimes-${randomUUID()}`,
		},
	};
}

/** The key and certificate of a PEM file, with the ciphers that Windows wrote for twenty years. */
function pkcs12(file) {
	const args = ["pkcs12", "-export", "-legacy", "-in", file, "-inkey", file];
	return execFileSync(
		"openssl",
		[...args, "-passout", `pass:${PKCS12_PASSWORD}`],
		{ encoding: "base64" },
	);
}

/** The surroundings of a smoke test: its own home, a person at a browser, and no word about Azure. */
function surroundings(home, emulator) {
	return {
		PATH: process.env.PATH,
		HOME: home,
		NO_COLOR: "1",
		NODE_EXTRA_CA_CERTS: emulator.caFile,
		DENO_DIR: path.join(folder, "deno"),
		DENO_NO_UPDATE_CHECK: "1",
		BROWSER: path.join(root, "examples/interactive-browser/stand-in.js"),
		STAND_IN_PASSWORD: emulator.users.alice.password,
	};
}
