// A client of the Azure SDK's HTTP pipeline whose requests are signed by our policy, against an API that honours continuous
// access evaluation. API and Entra ID are emulated on this machine.
//
//   node examples/bearer-token-policy/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import {
	createDefaultHttpClient,
	createPipelineFromOptions,
	createPipelineRequest,
} from "@azure/core-rest-pipeline";
import { bearerTokenPolicy, ClientSecretCredential } from "azidentity";

const emulator = await startEmulator();
const { apps, authorityHost, ca, demoApiUrl: url, tenants } = emulator;
const tlsOptions = { ca };
const credential = new ClientSecretCredential(
	tenants.contoso.id,
	apps.daemon.clientId,
	apps.daemon.secrets[0],
	{ authorityHost, disableInstanceDiscovery: true, tlsOptions },
);

// A client of an Azure service has such a pipeline: client.pipeline.removePolicy({ name: policy.name }) comes first there.
const pipeline = createPipelineFromOptions({ tlsOptions });
const policy = bearerTokenPolicy({
	credential,
	scopes: "https://vault.azure.net/.default",
});
pipeline.addPolicy(policy, { phase: "Sign" });
const httpClient = createDefaultHttpClient();

/** Sends fifty requests at once, and tells how they ended and how many tokens that took. */
async function fiftyRequests(what, tokens) {
	await emulator.clearRequests();
	const answers = await Promise.all(
		Array.from({ length: 50 }, () =>
			pipeline.sendRequest(httpClient, createPipelineRequest({ url })),
		),
	);
	const good = answers.filter(({ status }) => status === 200).length;
	const asked = (await emulator.requests()).filter(({ path }) =>
		path.endsWith("/token"),
	).length;
	console.log(`${what}: ${good} of 50 succeed, ${asked} requests for a token`);
	assert.deepEqual([good, asked], [50, tokens]);
}

try {
	await fiftyRequests("at first", 1);
	await fiftyRequests("then", 0);

	await emulator.revoke(apps.daemon.clientId);
	const answer = await pipeline.sendRequest(
		httpClient,
		createPipelineRequest({ url }),
	);
	assert.equal(answer.status, 200);
	console.log("revoked: the API's claims challenge was answered");
	await fiftyRequests("after that", 0);

	const plain = url.replace("https:", "http:");
	await assert.rejects(
		pipeline.sendRequest(httpClient, createPipelineRequest({ url: plain })),
		({ message }) => {
			console.log(`without TLS:\n  ${message}`);
			return /without https/.test(message);
		},
	);
} finally {
	await emulator.close();
}
