// Leave it to the environment how a program signs in: by a secret here, by a certificate there. It runs against an
// emulated Entra ID on this machine.
//
//   node examples/environment/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import { EnvironmentCredential } from "azidentity";

const STORAGE = "https://storage.azure.com/.default";

const emulator = await startEmulator();
/** Elsewhere, there are no options: this leads to the emulator. */
const options = {
	authorityHost: emulator.authorityHost,
	disableInstanceDiscovery: true,
	tlsOptions: { ca: emulator.ca },
};

try {
	await assert.rejects(
		new EnvironmentCredential(options).getToken(STORAGE),
		(error) => {
			assert.equal(error.name, "CredentialUnavailableError");
			console.log(`with nothing set:\n  ${error.message}`);
			return true;
		},
	);

	process.env.AZURE_TENANT_ID = emulator.tenants.contoso.id;
	process.env.AZURE_CLIENT_ID = emulator.apps.daemon.clientId;
	process.env.AZURE_CLIENT_SECRET = emulator.apps.daemon.secrets[0];
	const bySecret = new EnvironmentCredential(options);
	const first = await bySecret.getToken(STORAGE);
	assert.equal((await bySecret.getToken(STORAGE)).token, first.token);
	console.log("by a secret: a token, and the same from memory");

	delete process.env.AZURE_CLIENT_SECRET;
	process.env.AZURE_CLIENT_CERTIFICATE_PATH = emulator.appCertificate.file;
	const byCertificate = new EnvironmentCredential(options);
	assert.ok(await byCertificate.getToken(STORAGE));
	console.log(
		"by a certificate: the same program, nothing changed but the environment",
	);
} finally {
	await emulator.close();
}
