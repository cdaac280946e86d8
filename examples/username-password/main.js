// Sign a person in by name and password: once, and silently ever after. It is deprecated, because a password alone
// cannot satisfy multi-factor authentication: use it where nothing else can, such as in tests with an account made for
// them. It runs against an emulated Entra ID on this machine.
//
//   node examples/username-password/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import { UsernamePasswordCredential } from "azidentity";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

const emulator = await startEmulator();
const signIn = ({ username, password }) =>
	new UsernamePasswordCredential(
		emulator.tenants.contoso.id,
		emulator.apps.native.clientId,
		username,
		password,
		{
			authorityHost: emulator.authorityHost,
			disableInstanceDiscovery: true,
			tlsOptions: { ca: emulator.ca },
		},
	);

try {
	const { alice, bob } = emulator.users;
	const credential = signIn(alice);
	await credential.getToken(STORAGE);
	await credential.getToken(STORAGE);
	await credential.getToken(VAULT);
	const grants = (await emulator.requests()).flatMap(
		({ grantType }) => grantType ?? [],
	);
	assert.deepEqual(grants, ["password", "refresh_token"]);
	console.log(`three tokens, two requests: ${grants.join(", ")}`);

	await assert.rejects(signIn(bob).getToken(VAULT), (error) => {
		assert.equal(error.name, "AuthenticationError");
		console.log(`who needs a second factor is told so:\n  ${error.message}`);
		return true;
	});
} finally {
	await emulator.close();
}
