// Sign in as a pod does in Kubernetes: by the token of its service account, which lies in a file and is replaced from
// time to time. No secret is kept anywhere. It runs against an emulated Entra ID on this machine.
//
//   node examples/workload-identity/main.js
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator } from "@azidentity/emulator";
import { WorkloadIdentityCredential } from "azidentity";
import { buildServer } from "../client-assertion/build-server.js";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

const cluster = buildServer(); // an issuer like any other
const emulator = await startEmulator();
const folder = mkdtempSync(path.join(tmpdir(), "azidentity-pod-"));
const file = path.join(folder, "azure-identity-token");

/** What the kubelet does when the pod starts, and again long before the token expires. */
async function writeToken() {
	const { signal: abortSignal } = new AbortController();
	writeFileSync(file, await cluster.getToken({ abortSignal }));
}

try {
	const { clientId } = emulator.apps.daemon;
	// In Azure: `az identity federated-credential create`, with the cluster's issuer and the service account.
	await emulator.updateApp(clientId, {
		federatedCredentials: [cluster.federatedCredential],
	});
	await writeToken();
	// These three are set by the webhook of AKS. In a cluster, `new WorkloadIdentityCredential()` is all there is.
	process.env.AZURE_TENANT_ID = emulator.tenants.contoso.id;
	process.env.AZURE_CLIENT_ID = clientId;
	process.env.AZURE_FEDERATED_TOKEN_FILE = file;

	const credential = new WorkloadIdentityCredential({
		authorityHost: emulator.authorityHost,
		disableInstanceDiscovery: true,
		tlsOptions: { ca: emulator.ca },
	});
	const first = await credential.getToken(STORAGE);
	const again = await credential.getToken(STORAGE);
	assert.equal(again.token, first.token);
	console.log("a token for storage, twice: Entra was asked once");

	await writeToken();
	await credential.getToken(VAULT);
	console.log("the file was replaced, and a token for the vault is there");

	rmSync(file);
	assert.equal((await credential.getToken(STORAGE)).token, first.token);
	console.log("the file is gone: what is remembered is still handed out");

	const elsewhere = new WorkloadIdentityCredential();
	await assert.rejects(elsewhere.getToken(STORAGE), (error) => {
		assert.equal(error.name, "CredentialUnavailableError");
		assert.ok(error.message.includes("ENOENT"));
		console.log(`a new credential says what it lacks:\n  ${error.message}`);
		return true;
	});
} finally {
	rmSync(folder, { recursive: true });
	await emulator.close();
}
