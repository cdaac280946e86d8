import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, test } from "vitest";
import {
	describeUnless,
	lack,
	runClient,
	type Step,
	stepOf,
} from "./client-program.ts";
import {
	federatedAssertion,
	grantsAsked,
	startedEmulator,
} from "./started-emulator.ts";

const missing = lack(
	"there is no go here; install it from https://go.dev/dl",
	...(["go", "version"] as const),
);

/** The first build fetches and compiles the modules; Go keeps both, so the next ones take a second. */
const FIRST_BUILD_MS = 300_000;

describeUnless(missing, "Go azidentity", () => {
	let steps: Map<string, Step>;
	let clients: (string | undefined)[];
	const directory = mkdtempSync(path.join(tmpdir(), "azidentity-go-"));
	afterAll(() => rmSync(directory, { recursive: true, force: true }));

	beforeAll(async () => {
		const emulator = await startedEmulator();
		const program = path.join(directory, "client");
		execFileSync("go", ["build", "-o", program, "."], {
			cwd: path.join(import.meta.dirname, "go"),
			stdio: ["ignore", "ignore", "inherit"],
		});
		const { daemon } = emulator.apps;
		steps = await runClient({
			command: program,
			environment: {
				SSL_CERT_FILE: emulator.caFile,
				EMULATOR_AUTHORITY: emulator.authorityHost,
				EMULATOR_TENANT: emulator.tenants.contoso.id,
				EMULATOR_CLIENT: daemon.clientId,
				EMULATOR_SECRET: daemon.secrets[0],
				EMULATOR_CERTIFICATE: emulator.appCertificate.file,
				EMULATOR_ASSERTION: await federatedAssertion(emulator),
			},
		});
		clients = (await grantsAsked(emulator)).map(({ client }) => client);
	}, FIRST_BUILD_MS);

	test.each([
		["secret", "1"],
		["certificate", "2"],
		["assertion", "2"],
	])("proof by %s gets a token that names the app", (name, appidacr) => {
		const { token, error } = stepOf(steps, name);
		assert.equal(error, undefined);
		const claims = decodeJwt(String(token));
		assert.equal(claims.aud, "https://vault.azure.net");
		assert.equal(claims.appidacr, appidacr);
	});

	test("a wrong secret is refused in the service's words", () => {
		const { error } = stepOf(steps, "wrong secret");
		assert.match(String(error), /AADSTS7000215: Invalid client secret/);
	});

	test("it was MSAL Go that asked, each time", () => {
		assert.equal(clients.length, 4);
		for (const client of clients) assert.match(String(client), /^MSAL\.Go /);
	});
});
