import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
	ChainedTokenCredential,
	ClientAssertionCredential,
	ClientCertificateCredential,
	DefaultAzureCredential,
	DeviceCodeCredential,
	EnvironmentCredential,
	ManagedIdentityCredential,
	OnBehalfOfCredential,
	type TokenCredential,
	UsernamePasswordCredential,
	WorkloadIdentityCredential,
} from "azidentity";
import { SignJWT } from "jose";
import { afterEach, describe, onTestFinished, test, vi } from "vitest";
import { emulatedAzure } from "./emulated-azure.ts";

describe("a storage client takes", () => {
	const azure = emulatedAzure();
	afterEach(() => {
		vi.unstubAllEnvs();
	});

	/** Uploads and reads back through clients of its own each, and gives the grants for which tokens were asked. */
	async function grantsFor(credential: TokenCredential) {
		const name = azure.newName();
		await azure.blobs(credential).createContainer(name);
		const blob = () =>
			azure
				.blobs(credential)
				.getContainerClient(name)
				.getBlockBlobClient("note");
		await blob().upload("read me", 7);
		assert.equal(String(await blob().downloadToBuffer()), "read me");
		const requests = await azure.tokenRequests();
		assert.ok(requests.every(({ errorCode }) => errorCode === undefined));
		return requests.map(({ grantType }) => grantType);
	}

	test("a secret", async () => {
		assert.deepEqual(await grantsFor(azure.daemon()), ["client_credentials"]);
	});

	test("a certificate", async () => {
		const { appCertificate, apps, tenants } = azure.emulator;
		const credential = new ClientCertificateCredential(
			tenants.contoso.id,
			apps.daemon.clientId,
			appCertificate.file,
			azure.options,
		);
		assert.deepEqual(await grantsFor(credential), ["client_credentials"]);
	});

	test("an assertion of another issuer", async () => {
		const credential = new ClientAssertionCredential(
			azure.emulator.tenants.contoso.id,
			azure.emulator.apps.daemon.clientId,
			await federation(),
			azure.options,
		);
		assert.deepEqual(await grantsFor(credential), ["client_credentials"]);
	});

	test("the identity of a workload", async () => {
		const folder = mkdtempSync(path.join(tmpdir(), "azidentity-pod-"));
		onTestFinished(() => rmSync(folder, { recursive: true }));
		const tokenFilePath = path.join(folder, "token");
		writeFileSync(tokenFilePath, await (await federation())());
		const credential = new WorkloadIdentityCredential({
			...azure.options,
			tenantId: azure.emulator.tenants.contoso.id,
			clientId: azure.emulator.apps.daemon.clientId,
			tokenFilePath,
		});
		assert.deepEqual(await grantsFor(credential), ["client_credentials"]);
	});

	test("what the environment says, alone and by default", async () => {
		const { apps, tenants } = azure.emulator;
		vi.stubEnv("AZURE_TENANT_ID", tenants.contoso.id);
		vi.stubEnv("AZURE_CLIENT_ID", apps.daemon.clientId);
		vi.stubEnv("AZURE_CLIENT_SECRET", apps.daemon.secrets[0]);
		vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "");
		const alone = new EnvironmentCredential(azure.options);
		assert.deepEqual(await grantsFor(alone), ["client_credentials"]);
		await azure.emulator.clearRequests();
		const byDefault = new DefaultAzureCredential(azure.options);
		assert.deepEqual(await grantsFor(byDefault), ["client_credentials"]);
	});

	test("a managed identity", async () => {
		vi.stubEnv(
			"AZURE_POD_IDENTITY_AUTHORITY_HOST",
			azure.emulator.managedIdentityUrl,
		);
		assert.deepEqual(await grantsFor(new ManagedIdentityCredential()), []);
		const asked = (await azure.emulator.requests()).filter(
			({ status }) => status === 200,
		);
		assert.deepEqual(
			asked.map(({ server, scope }) => [server, scope]),
			[["managed-identity", "https://storage.azure.com"]],
		);
	});

	test("a chain whose first link has nothing to go by", async () => {
		vi.stubEnv("AZURE_CLIENT_ID", "");
		const credential = new ChainedTokenCredential(
			new EnvironmentCredential(azure.options),
			azure.daemon(),
		);
		assert.deepEqual(await grantsFor(credential), ["client_credentials"]);
	});

	test("a person at another device", async () => {
		const { apps, tenants, users } = azure.emulator;
		const credential = new DeviceCodeCredential({
			...azure.options,
			tenantId: tenants.contoso.id,
			clientId: apps.native.clientId,
			userPromptCallback: ({ userCode }) =>
				void azure.emulator.approveDevice(userCode, users.alice.username),
		});
		const polls = await grantsFor(credential);
		assert.deepEqual(
			[...new Set(polls)],
			["urn:ietf:params:oauth:grant-type:device_code"],
		);
	});

	test("a person by password", async () => {
		const { apps, tenants, users } = azure.emulator;
		const credential = new UsernamePasswordCredential(
			tenants.contoso.id,
			apps.native.clientId,
			users.alice.username,
			users.alice.password,
			azure.options,
		);
		assert.deepEqual(await grantsFor(credential), ["password"]);
	});

	test("a person on whose behalf an API asks", async () => {
		const { apps, tenants, users } = azure.emulator;
		const caller = new UsernamePasswordCredential(
			tenants.contoso.id,
			apps.native.clientId,
			users.alice.username,
			users.alice.password,
			azure.options,
		);
		const { token } = await caller.getToken("api://orders/access_as_user");
		await azure.emulator.clearRequests();
		const credential = new OnBehalfOfCredential({
			...azure.options,
			tenantId: tenants.contoso.id,
			clientId: apps.api.clientId,
			clientSecret: apps.api.secrets[0],
			userAssertionToken: token,
		});
		assert.deepEqual(await grantsFor(credential), [
			"urn:ietf:params:oauth:grant-type:jwt-bearer",
		]);
	});

	/** Has the daemon trust a foreign issuer, and gives what that issuer says about its workload. */
	async function federation(): Promise<() => Promise<string>> {
		const issuer = `https://issuer.example/${randomUUID()}`;
		const key = createPrivateKey(azure.emulator.appCertificate.pem);
		const jwk = createPublicKey(key).export({ format: "jwk" });
		await azure.emulator.updateApp(azure.emulator.apps.daemon.clientId, {
			federatedCredentials: [
				{ issuer, subject: "worker", jwks: { keys: [jwk] } },
			],
		});
		return () =>
			new SignJWT()
				.setProtectedHeader({ alg: "RS256" })
				.setIssuer(issuer)
				.setSubject("worker")
				.setAudience("api://AzureADTokenExchange")
				.setIssuedAt()
				.setExpirationTime("1h")
				.sign(key);
	}
});
