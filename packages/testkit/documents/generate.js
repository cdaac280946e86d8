// Makes the documents beside this file anew: what MSAL Go, MSAL Python and msal-node write into their caches, each run here
// against the emulator. Nobody types them by hand.
//
//   node scripts/build.js --quiet && node packages/testkit/documents/generate.js
//
// It needs go and python3 with venv, and fetches the libraries of the versions in go/go.mod, python/requirements.txt and
// package-lock.json. Each library signs in with the daemon (two resources), the native app and the Azure CLI (whose refresh
// tokens are a family's), each for a person and then for a second resource by the refresh token, and where the library
// keeps it, on behalf of that person. Everything goes through the emulator's proxy, so that the host is the real one.
//
// Beside each document lies what the library itself found in it afterwards, by new clients: which client, for which account
// and scope, got which token.
//
// What is changed afterwards, and nothing else: the text of each token. Access and refresh tokens become "access-token-1",
// "refresh-token-1" and so on, in the order of the document. An ID token keeps its claims, which libraries read, under a
// header that says nobody signed it. Members, their order, spaces, keys, times and all other values are the library's.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "@azidentity/emulator";

const here = import.meta.dirname;
const run = promisify(execFile);
const scratch = mkdtempSync(path.join(tmpdir(), "azidentity-documents-"));
const emulator = await startEmulator({ directory: scratch });
try {
	// Long enough that the service says when to refresh, and for how long a token may serve in an outage.
	await emulator.configure({
		accessTokenLifetime: 7_200_000,
		extendedAccessTokenLifetime: 14_400_000,
	});
	const runs = {
		go: await printed(goProgram()),
		python: await printed(python(), "python/export.py"),
		"msal-node": await printed(process.execPath, "msal-node.js"),
	};
	for (const [name, { document, found }] of Object.entries(runs)) {
		const instead = placeholders(JSON.parse(document));
		for (const each of found)
			if (instead.has(each.token)) each.token = instead.get(each.token);
			else throw new Error(`${name} asked for ${each.scope} once more`);
		let text = document;
		for (const [token, placeholder] of instead)
			text = text.replaceAll(token, placeholder);
		writeFileSync(path.join(here, `${name}.document`), text);
		const list = JSON.stringify(found, null, "\t");
		writeFileSync(path.join(here, `${name}.found.json`), `${list}\n`);
	}
} finally {
	await emulator.close();
	rmSync(scratch, { recursive: true });
}

/** What a library's program reports. It reaches the emulator through the proxy, as it would reach the real service. */
async function printed(command, ...args) {
	const { daemon, native, azureCli, api } = emulator.apps;
	const { alice } = emulator.users;
	const { PATH, HOME } = process.env;
	const { stdout } = await run(command, args, {
		cwd: here,
		env: {
			PATH,
			HOME,
			HTTPS_PROXY: emulator.proxyUrl,
			SSL_CERT_FILE: emulator.caFile,
			REQUESTS_CA_BUNDLE: emulator.caFile,
			NODE_EXTRA_CA_CERTS: emulator.caFile,
			TENANT: emulator.tenants.contoso.id,
			DAEMON: daemon.clientId,
			DAEMON_SECRET: daemon.secrets[0],
			NATIVE: native.clientId,
			AZURE_CLI: azureCli.clientId,
			API: api.clientId,
			API_SECRET: api.secrets[0],
			USERNAME: alice.username,
			PASSWORD: alice.password,
		},
	});
	return JSON.parse(stdout);
}

function goProgram() {
	const program = path.join(scratch, "export");
	execFileSync("go", ["build", "-o", program, "."], {
		cwd: path.join(here, "go"),
		stdio: "inherit",
	});
	return program;
}

function python() {
	const home = path.join(scratch, "venv");
	const program = path.join(home, "bin/python");
	const requirements = path.join(here, "python/requirements.txt");
	execFileSync("python3", ["-m", "venv", home]);
	execFileSync(program, ["-m", "pip", "install", "-q", "-r", requirements], {
		stdio: "inherit",
	});
	return program;
}

/** What stands for each token. */
function placeholders(document) {
	const secrets = (section) =>
		Object.values(document[section] ?? {}).map(({ secret }) => secret);
	const named = (section, name) =>
		secrets(section).map((secret, index) => [secret, `${name}-${index + 1}`]);
	return new Map([
		...named("AccessToken", "access-token"),
		...named("RefreshToken", "refresh-token"),
		...secrets("IdToken").map((secret) => [secret, unsigned(secret)]),
	]);
}

function unsigned(idToken) {
	const header = Buffer.from('{"alg":"none"}').toString("base64url");
	return `${header}.${idToken.split(".")[1]}.`;
}
