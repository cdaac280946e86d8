// Sign in as a job of Azure Pipelines does: by its service connection, with no secret to keep. It runs against an
// emulated Entra ID, and an endpoint like that of Azure Pipelines, on this machine.
//
//   node examples/azure-pipelines/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import { AzurePipelinesCredential } from "azidentity";
import { buildServer } from "../client-assertion/build-server.js";
import { oidcEndpoint } from "./oidc-endpoint.js";

const STORAGE = "https://storage.azure.com/.default";
const CONNECTION = "6f8d0c1e-2b3a-4c5d-8e9f-a0b1c2d3e4f5";

const issuer = buildServer(); // an issuer like any other
const emulator = await startEmulator();
let asked = 0;
const endpoint = await oidcEndpoint({
	systemAccessToken: "the job's own",
	getToken() {
		asked += 1;
		const { signal: abortSignal } = new AbortController();
		return issuer.getToken({ abortSignal });
	},
});

/** In a pipeline, the last argument is process.env.SYSTEM_ACCESSTOKEN, mapped in the step, and there are no options. */
function credentialOf(systemAccessToken) {
	return new AzurePipelinesCredential(
		emulator.tenants.contoso.id,
		emulator.apps.daemon.clientId,
		CONNECTION,
		systemAccessToken,
		{
			allowInsecureConnection: true, // the endpoint here, and it alone
			authorityHost: emulator.authorityHost,
			disableInstanceDiscovery: true,
			tlsOptions: { ca: emulator.ca },
		},
	);
}

try {
	// In Azure: the service connection, with "Workload identity federation", does this by itself.
	await emulator.updateApp(emulator.apps.daemon.clientId, {
		federatedCredentials: [issuer.federatedCredential],
	});
	process.env.SYSTEM_OIDCREQUESTURI = endpoint.url; // set by Azure Pipelines

	const credential = credentialOf("the job's own");
	const first = await credential.getToken(STORAGE);
	assert.equal((await credential.getToken(STORAGE)).token, first.token);
	assert.equal(asked, 1);
	console.log("a token for storage, twice: the pipeline was asked once");

	await assert.rejects(credentialOf("another's").getToken(STORAGE), (error) => {
		assert.equal(error.statusCode, 401);
		assert.ok(!error.message.includes("another's"));
		console.log(`with the token of another job:\n  ${error.message}`);
		return true;
	});
} finally {
	await endpoint.close();
	await emulator.close();
}
