import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Emulator } from "@azidentity/emulator";
import { decodeJwt } from "jose";
import { beforeAll, test } from "vitest";
import {
	describeUnless,
	lack,
	runClient,
	type Step,
	stepOf,
} from "./client-program.ts";
import { grantsAsked, startedEmulator } from "./started-emulator.ts";

const missing = lack(
	"there is no python3 with venv here; install python3 and python3-venv",
	...(["python3", "-c", "import venv, ensurepip"] as const),
);

/** The first run makes a virtual environment and installs MSAL into it. */
const FIRST_INSTALL_MS = 300_000;

const folder = path.join(import.meta.dirname, "python");
const root = path.resolve(import.meta.dirname, "../../../..");

describeUnless(missing, "MSAL Python", () => {
	let emulator: Emulator;
	let direct: Map<string, Step>;
	let proxied: Map<string, Step>;

	beforeAll(async () => {
		emulator = await startedEmulator();
		const python = virtualEnvironment();
		const { daemon, native } = emulator.apps;
		const { alice } = emulator.users;
		const run = (way: string, more: Record<string, string> = {}) =>
			runClient({
				command: python,
				args: [path.join(folder, "client.py"), way],
				environment: {
					REQUESTS_CA_BUNDLE: emulator.caFile,
					EMULATOR_AUTHORITY: emulator.authorityHost,
					EMULATOR_TENANT: emulator.tenants.contoso.id,
					EMULATOR_CLIENT: daemon.clientId,
					EMULATOR_SECRET: daemon.secrets[0],
					EMULATOR_CERTIFICATE: emulator.appCertificate.file,
					EMULATOR_PUBLIC_CLIENT: native.clientId,
					EMULATOR_USERNAME: alice.username,
					EMULATOR_PASSWORD: alice.password,
					...more,
				},
				async onStep({ user_code }) {
					if (typeof user_code === "string")
						await emulator.approveDevice(user_code, alice.username);
				},
			});
		[direct, proxied] = await Promise.all([
			run("direct"),
			run("proxy", { HTTPS_PROXY: emulator.proxyUrl }),
		]);
	}, FIRST_INSTALL_MS);

	const answerOf = (steps: Map<string, Step>, name: string) =>
		stepOf(steps, name).answer as Record<string, string>;
	const claimsOf = (steps: Map<string, Step>, name: string) => {
		const { access_token, error_description } = answerOf(steps, name);
		return decodeJwt(access_token ?? assert.fail(error_description));
	};

	test.each([
		["secret", "1"],
		["certificate", "2"],
	])("proof by %s gets a token that names the app", (name, appidacr) => {
		const claims = claimsOf(direct, name);
		assert.equal(claims.appid, emulator.apps.daemon.clientId);
		assert.equal(claims.appidacr, appidacr);
	});

	test("a wrong secret is refused in the service's words", () => {
		const { error_description } = answerOf(direct, "wrong secret");
		assert.match(error_description ?? "", /^AADSTS7000215: /);
	});

	test("a device gets a token once its user has approved, and knows the account", () => {
		const { alice } = emulator.users;
		assert.equal(claimsOf(direct, "device").upn, alice.username);
		const account = answerOf(direct, "account");
		assert.equal(account.home_account_id, `${alice.id}.${alice.tenantId}`);
	});

	test("a refresh token gets another token for the same person", () => {
		const [first, second] = [
			answerOf(direct, "device"),
			answerOf(direct, "refresh"),
		];
		assert.equal(
			claimsOf(direct, "refresh").oid,
			claimsOf(direct, "device").oid,
		);
		assert.notEqual(first.access_token, second.access_token);
	});

	test("through the proxy a password works under the real name, with no option at all", () => {
		const { alice } = emulator.users;
		assert.equal(claimsOf(proxied, "password").upn, alice.username);
		const { error_description } = answerOf(proxied, "wrong password");
		assert.match(error_description ?? "", /^AADSTS50126: /);
	});

	test("it was MSAL Python that asked, each time", async () => {
		const asked = await grantsAsked(emulator);
		for (const { client } of asked)
			assert.match(String(client), /^MSAL\.Python /);
		const grants = new Set(asked.map(({ grantType }) => grantType));
		assert.ok(grants.has("refresh_token") && grants.has("password"));
	});
});

/** Made once per list of requirements, beside the other things that are fetched; returns its Python. */
function virtualEnvironment(): string {
	const requirements = path.join(folder, "requirements.txt");
	const version = execFileSync("python3", ["--version"]);
	const key = createHash("sha256")
		.update(readFileSync(requirements))
		.update(version)
		.digest("hex")
		.slice(0, 12);
	const home = path.join(root, "node_modules/.cache/azidentity", `msal-${key}`);
	const python = (where: string) => path.join(where, "bin", "python");
	if (existsSync(path.join(home, "complete"))) return python(home);
	// A virtual environment knows its own path, so it is not moved into place: a marker says that it is whole.
	rmSync(home, { recursive: true, force: true });
	const run = (command: string, ...args: string[]) =>
		execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
	run("python3", "-m", "venv", home);
	run(python(home), "-m", "pip", "install", "--quiet", "-r", requirements);
	writeFileSync(path.join(home, "complete"), "");
	return python(home);
}
