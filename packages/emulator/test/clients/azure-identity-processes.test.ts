import assert from "node:assert/strict";
import { IDENTITY_HEADER } from "@azidentity/emulator";
import { decodeJwt } from "jose";
import { beforeAll, describe, test } from "vitest";
import { runNode, stepOf } from "./client-program.ts";
import { startedEmulator } from "./started-emulator.ts";

const VAULT = "https://vault.azure.net";

// @azure/identity decides once per process which host it runs on, and Node reads its trust once per process.
describe("@azure/identity in a process of its own", () => {
	let emulator: Awaited<ReturnType<typeof startedEmulator>>;
	beforeAll(async () => {
		emulator = await startedEmulator();
	});

	const claimsFrom = async (
		credential: string,
		environment: Record<string, string>,
	) => {
		await emulator.clearRequests();
		const steps = await runNode("azure-identity.js", [credential], {
			environment,
		});
		return decodeJwt(String(stepOf(steps, credential).token));
	};

	test("through the proxy a secret works with no option at all", async () => {
		const { daemon } = emulator.apps;
		const claims = await claimsFrom("environment", {
			HTTPS_PROXY: emulator.proxyUrl,
			NODE_EXTRA_CA_CERTS: emulator.caFile,
			AZURE_TENANT_ID: emulator.tenants.contoso.id,
			AZURE_CLIENT_ID: daemon.clientId,
			AZURE_CLIENT_SECRET: daemon.secrets[0],
		});
		assert.equal(claims.appid, daemon.clientId);
		const asked = (await emulator.requests()).map(({ path }) => path);
		assert.ok(asked.some((path) => path.endsWith("/oauth2/v2.0/token")));
	});

	test("on a virtual machine the managed identity is IMDS's", async () => {
		const claims = await claimsFrom("managed-identity", {
			AZURE_POD_IDENTITY_AUTHORITY_HOST: emulator.managedIdentityUrl,
		});
		assert.equal(claims.aud, VAULT);
		const [asked] = await emulator.requests();
		assert.equal(asked?.path, "/metadata/identity/oauth2/token");
	});

	test("on App Service it is the service's, for the client id asked for", async () => {
		const clientId = "11111111-0000-4000-8000-000000000001";
		const claims = await claimsFrom("managed-identity", {
			IDENTITY_ENDPOINT: `${emulator.managedIdentityUrl}/msi/token`,
			IDENTITY_HEADER,
			CLIENT_ID: clientId,
		});
		assert.equal(claims.appid, clientId);
		const [asked] = await emulator.requests();
		assert.equal(asked?.path, "/msi/token");
	});

	test("on Cloud Shell and on Azure ML it is theirs", async () => {
		await claimsFrom("managed-identity", {
			MSI_ENDPOINT: `${emulator.managedIdentityUrl}/cloud-shell/token`,
		});
		const [shell] = await emulator.requests();
		assert.equal(shell?.path, "/cloud-shell/token");
		await claimsFrom("managed-identity", {
			MSI_ENDPOINT: `${emulator.managedIdentityUrl}/machine-learning/token`,
			MSI_SECRET: IDENTITY_HEADER,
		});
		const [learning] = await emulator.requests();
		assert.equal(learning?.path, "/machine-learning/token");
	});
});
