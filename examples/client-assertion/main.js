// Sign in by an assertion that somebody else vouches for, with no secret to keep: here a token of a build server, which
// the application trusts (workload identity federation). It runs against an emulated Entra ID on this machine.
//
//   node examples/client-assertion/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import { ClientAssertionCredential } from "azidentity";
import { buildServer } from "./build-server.js";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

const server = buildServer();
const emulator = await startEmulator();
try {
	const { contoso } = emulator.tenants;
	const { clientId } = emulator.apps.daemon;
	// In the portal: app registration > Certificates & secrets > Federated credentials.
	await emulator.updateApp(clientId, {
		federatedCredentials: [server.federatedCredential],
	});

	let calls = 0;
	const credential = new ClientAssertionCredential(
		contoso.id,
		clientId,
		// Called once per request to Entra, so it always gets a fresh one. It is told what the assertion is for.
		async ({ abortSignal }) => {
			calls += 1;
			return server.getToken({ abortSignal });
		},
		{
			authorityHost: emulator.authorityHost,
			disableInstanceDiscovery: true,
			tlsOptions: { ca: emulator.ca },
		},
	);

	const first = await credential.getToken(STORAGE);
	const again = await credential.getToken(STORAGE);
	assert.equal(again.token, first.token);
	assert.equal(calls, 1);
	console.log("a token for storage, twice: the build server was asked once");

	await credential.getToken(VAULT);
	assert.equal(calls, 2);
	console.log("a token for the vault: it was asked again");

	server.isDown = true;
	await assert.rejects(
		credential.getToken("https://graph.microsoft.com/.default"),
		(error) => {
			assert.equal(error.errorResponse.error, "assertion_callback_failed");
			console.log(`when the build server is down:\n  ${error.message}`);
			return true;
		},
	);
} finally {
	await emulator.close();
}
