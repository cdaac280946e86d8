import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
	type Emulator,
	IDENTITY_HEADER,
	startEmulator,
} from "@azidentity/emulator";
import { minutes } from "@azidentity/testkit";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { ManagedIdentityCredential } from "../../src/credentials/managed-identity-credential.ts";
import { claimsOf } from "../credentials/emulated-entra.ts";
import {
	CLIENT_ID,
	environment,
	failureOf,
	managedIdentityTests,
	STORAGE,
	VAULT,
	type Variables,
} from "./azure-host.ts";

managedIdentityTests();

let emulator: Emulator;
let tokens: string;
beforeAll(async () => {
	tokens = mkdtempSync(path.join(tmpdir(), "azidentity-arc-"));
	emulator = await startEmulator({ arcDirectory: tokens });
});
afterEach(async () => {
	await emulator.clearFaults();
	await emulator.clearRequests();
});
afterAll(async () => {
	await emulator.close();
	rmSync(tokens, { recursive: true, force: true });
});

/** The variables that a program has on each of the emulator's hosts. */
function variablesOf(name: string): Variables {
	const url = emulator.managedIdentityUrl;
	const { serviceFabric } = emulator;
	const all: Record<string, Variables> = {
		IMDS: { AZURE_POD_IDENTITY_AUTHORITY_HOST: url },
		"App Service": {
			IDENTITY_ENDPOINT: `${url}/msi/token`,
			IDENTITY_HEADER,
		},
		"Azure Arc": {
			IDENTITY_ENDPOINT: `${url}/arc/metadata/identity/oauth2/token`,
			IMDS_ENDPOINT: `${url}/arc`,
		},
		"Azure Machine Learning": {
			MSI_ENDPOINT: `${url}/machine-learning/token`,
			MSI_SECRET: IDENTITY_HEADER,
		},
		"Cloud Shell": { MSI_ENDPOINT: `${url}/cloud-shell/token` },
		"Service Fabric": {
			IDENTITY_ENDPOINT: serviceFabric.url,
			IDENTITY_HEADER,
			IDENTITY_SERVER_THUMBPRINT: serviceFabric.thumbprint,
		},
	};
	return all[name] ?? {};
}

const credential = (options: object = {}) =>
	new ManagedIdentityCredential({
		arcFiles: { himds: "/nowhere/himds", tokens },
		...options,
	});

/** Whether asking for a token takes a challenge first. */
const HOSTS: [string, number][] = [
	["IMDS", 1],
	["App Service", 1],
	["Azure Arc", 2],
	["Azure Machine Learning", 1],
	["Cloud Shell", 1],
	["Service Fabric", 1],
];

describe.each(HOSTS)("On %s, a program", (name, requestsPerToken) => {
	test("gets a token for the resource it named, and once only", async () => {
		environment(variablesOf(name));
		const managed = credential();
		const before = Date.now();
		const token = await managed.getToken(VAULT);
		assert.equal(claimsOf(token.token).aud, "https://vault.azure.net");
		assert.equal(token.tokenType, "Bearer");
		const life = token.expiresOnTimestamp - before;
		assert.ok(life > minutes(58) && life < minutes(61), `${life}`);
		assert.equal(await managed.getToken(VAULT), token);
		const other = await managed.getToken(STORAGE);
		assert.equal(claimsOf(other.token).aud, "https://storage.azure.com");
		const requests = await emulator.requests();
		assert.equal(requests.length, 2 * requestsPerToken);
		assert.ok(
			requests.every(({ client }) => client?.startsWith("azidentity ")),
		);
	});

	test("sends one request for 100 callers at once", async () => {
		environment(variablesOf(name));
		const managed = credential();
		const all = await Promise.all(
			Array.from({ length: 100 }, () => managed.getToken(VAULT)),
		);
		assert.equal(new Set(all.map(({ token }) => token)).size, 1);
		assert.equal((await emulator.requests()).length, requestsPerToken);
	});

	test("does not hear of a failure that passes", async () => {
		environment(variablesOf(name));
		await emulator.addFault({ status: 503, body: {} });
		const managed = credential({ retryOptions: { retryDelayInMs: 1 } });
		assert.ok(await managed.getToken(VAULT));
	});

	test("is told what was wrong with a resource that nobody knows", async () => {
		environment(variablesOf(name));
		const managed = credential(
			name === "Service Fabric" || name === "Cloud Shell"
				? {}
				: { clientId: CLIENT_ID },
		);
		const error = await failureOf(managed.getToken("nobody knows it"));
		assert.match(error.message, /scope/);
		const refused = await failureOf(managed.getToken("api://nobody-knows-it"));
		assert.equal(refused.name, "AuthenticationError");
		assert.match(refused.message, /AADSTS\d+/);
		assert.ok(refused.message.includes(name), refused.message);
	});
});

test.each([
	["IMDS", "clientId"],
	["App Service", "clientId"],
	["Azure Arc", "clientId"],
	["Azure Arc", "objectId"],
	["Azure Arc", "resourceId"],
	["Azure Machine Learning", "clientId"],
])(
	"%s: the token is that of the user-assigned identity asked for by %s",
	async (name, kind) => {
		environment(variablesOf(name));
		const own = await credential().getToken(VAULT);
		const { token } = await credential({ [kind]: CLIENT_ID }).getToken(VAULT);
		assert.notEqual(claimsOf(token).appid, claimsOf(own.token).appid);
		if (kind === "clientId") assert.equal(claimsOf(token).appid, CLIENT_ID);
	},
);

test("Azure Arc leaves no key behind", async () => {
	environment(variablesOf("Azure Arc"));
	await credential().getToken(VAULT);
	assert.deepEqual(readdirSync(tokens), []);
});

test("Service Fabric hears of the token that was refused, by its hash", async () => {
	environment(variablesOf("Service Fabric"));
	const managed = credential();
	const first = await managed.getToken(VAULT);
	const second = await managed.getToken(VAULT, { claims: "{}" });
	assert.notEqual(second.token, first.token);
	assert.equal(await managed.getToken(VAULT), second);
	const { createHash } = await import("node:crypto");
	assert.deepEqual(
		(await emulator.requests()).map((request) => request.refusedTokenHash),
		[undefined, createHash("sha256").update(first.token).digest("hex")],
	);
});
