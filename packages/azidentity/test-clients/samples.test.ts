import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import * as azidentity from "azidentity";
import { transform } from "esbuild";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, inject, test } from "vitest";
import { emulatedAzure } from "./emulated-azure.ts";
import { startKeyVault } from "./key-vault.ts";
import { filledIn, type Sample, samplesOf } from "./samples.ts";

const PACKAGES = [
	"@azure/identity",
	"@azure/storage-blob",
	"@azure/storage-queue",
	"@azure/data-tables",
	"@azure/keyvault-secrets",
];

/** What does not run with any package, by the sample's name. That it does not is tested as well. */
const BROKEN: Readonly<Record<string, string>> = {
	ReadmeSampleDeleteSecretSoftDelete:
		"it purges a secret that it has recovered, which is then no deleted one",
};

/** How a sample went. */
interface Outcome {
	readonly name: string;
	readonly ok: boolean;
	readonly error?: string;
}

const ISSUER = "https://issuer.example/samples";

/** A process that runs two dozen programs, on a machine that is busy with others. */
const PATIENCE_MS = 120_000;

describe("samples run with only the import changed", () => {
	const azure = emulatedAzure();
	let vault: Awaited<ReturnType<typeof startKeyVault>>;
	let folder = "";
	let values: Record<string, string>;
	const things = {
		account: "devstoreaccount1",
		container: azure.newName(),
		blob: "sample",
		queue: azure.newName(),
		table: azure.newName(),
		vault: "https://contoso.vault.azure.net",
		secret: "MySecretName",
	};

	beforeAll(async () => {
		const { emulator } = azure;
		vault = await startKeyVault(emulator, emulator.tenants.contoso.id);
		for (const [service, port] of Object.entries(inject("azurite")))
			await emulator.routeHost(`*.${service}.core.windows.net`, port);
		await emulator.routeHost("*.vault.azure.net", vault.port);
		values = await fillings();
		// Below the installed clients, so that the samples find them.
		folder = mkdtempSync(
			path.join(import.meta.dirname, "node_modules/.samples-"),
		);
	});
	afterAll(async () => {
		rmSync(folder, { recursive: true });
		await vault.close();
	});

	test.each(PACKAGES)(
		"of %s",
		{ timeout: PATIENCE_MS },
		async (packageName) => {
			const samples = samplesOf(packageName);
			assert.ok(samples.length > 0);
			const broken = samples.filter(({ name }) => name in BROKEN);
			const whole = samples.filter(({ name }) => !(name in BROKEN));
			const outcomes = await run(packageName, whole, "azidentity");
			assert.deepEqual(
				outcomes,
				whole.map(({ name }) => ({ name, ok: true })),
			);
			if (broken.length === 0) return;
			for (const { ok, name } of await run(
				packageName,
				broken,
				"@azure/identity",
			))
				assert.ok(!ok, `${name} works with @azure/identity`);
		},
	);

	/** Each in its turn, in a process that knows nothing of an emulator: its variables are those of any program. */
	async function run(
		packageName: string,
		samples: readonly Sample[],
		imports: string,
	): Promise<Outcome[]> {
		const files = await Promise.all(
			samples.map(async (sample) => {
				const file = path.join(folder, `${sample.name}.mjs`);
				const filled = filledIn(sample, values, imports);
				const { code } = await transform(filled, { loader: "ts" });
				writeFileSync(file, code);
				return { name: sample.name, file };
			}),
		);
		const { emulator } = azure;
		const program = path.join(import.meta.dirname, "programs/run-samples.js");
		const child = fork(program, {
			env: {
				PATH: process.env.PATH,
				HTTPS_PROXY: emulator.proxyUrl,
				NODE_EXTRA_CA_CERTS: emulator.caFile,
				AZURE_TENANT_ID: emulator.tenants.contoso.id,
				AZURE_CLIENT_ID: emulator.apps.daemon.clientId,
				AZURE_CLIENT_SECRET: emulator.apps.daemon.secrets[0],
				AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
			},
			execArgv: [],
			silent: true,
		});
		const outcomes: Outcome[] = [];
		child.on("message", (outcome) => outcomes.push(outcome as Outcome));
		child.send({ packageName, samples: files, things });
		const { stdout, stderr } = child;
		assert.ok(stdout && stderr);
		stdout.resume();
		const [complaints, [code]] = await Promise.all([
			text(stderr),
			once(child, "close"),
		]);
		assert.equal(code, 0, complaints);
		return outcomes;
	}

	/** What stands in the samples for things that each reader calls by another name. */
	async function fillings(): Promise<Record<string, string>> {
		const { apps, appCertificate, tenants, users } = azure.emulator;
		const key = createPrivateKey(appCertificate.pem);
		const jwk = createPublicKey(key).export({ format: "jwk" });
		await azure.emulator.updateApp(apps.api.clientId, {
			certificates: [appCertificate.pem],
			federatedCredentials: [
				{ issuer: ISSUER, subject: "sample", jwks: { keys: [jwk] } },
			],
		});
		const assertion = await new SignJWT()
			.setProtectedHeader({ alg: "RS256" })
			.setIssuer(ISSUER)
			.setSubject("sample")
			.setAudience("api://AzureADTokenExchange")
			.setIssuedAt()
			.setExpirationTime("1h")
			.sign(key);
		const caller = new azidentity.UsernamePasswordCredential(
			tenants.contoso.id,
			apps.native.clientId,
			users.alice.username,
			users.alice.password,
			azure.options,
		);
		const user = await caller.getToken("api://orders/access_as_user");
		const { clientId, secrets } = apps.daemon;
		return {
			"<account>": things.account,
			"<account name>": things.account,
			"<accountkey>": "not used",
			"<container name>": things.container,
			"<blob name>": things.blob,
			"<valid queue name>": things.queue,
			"<tableName>": things.table,
			"<YOUR KEYVAULT NAME>": "contoso",
			"vault-url": things.vault,
			"<tenant-id>": tenants.contoso.id,
			"<YOUR_TENANT_ID>": tenants.contoso.id,
			"tenant-id": tenants.contoso.id,
			"<client-id>": clientId,
			"<another-client-id>": clientId,
			"<YOUR_CLIENT_ID>": clientId,
			"<client-secret>": secrets[0],
			"<another-client-secret>": secrets[0],
			"<another-secret>": secrets[0],
			"<YOUR_CLIENT_SECRET>": secrets[0],
			// What these are of is an API, which asks on behalf of its caller.
			"client-id": apps.api.clientId,
			"client-secret": apps.api.secrets[0],
			"/path/to/certificate.pem": appCertificate.file,
			"access-token": user.token,
			"my-jwt": assertion,
		};
	}
});
