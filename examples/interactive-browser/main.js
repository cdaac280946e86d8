// Have a person sign in with their browser, once: after that tokens come without them, for other resources and in later
// runs. It runs against an emulated Entra ID on this machine; its accounts' names and passwords are in the fixtures.
//
//   node examples/interactive-browser/main.js
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startEmulator } from "@azidentity/emulator";
import { InteractiveBrowserCredential } from "azidentity";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

const emulator = await startEmulator();
try {
	useStandIn();
	const { alice } = emulator.users;
	const credential = new InteractiveBrowserCredential({
		tenantId: emulator.tenants.contoso.id,
		clientId: emulator.apps.native.clientId,
		loginHint: alice.username,
		authorityHost: emulator.authorityHost,
		disableInstanceDiscovery: true,
		tlsOptions: { ca: emulator.ca },
	});

	console.log(`sign in as ${alice.username}, password "${alice.password}" …`);
	const record = await credential.authenticate(STORAGE);
	console.log(`signed in: ${record.username}`);

	const first = await credential.getToken(STORAGE);
	assert.equal(await credential.getToken(STORAGE), first);
	console.log("a token for storage: remembered, nobody was asked");

	await credential.getToken(VAULT);
	const grants = (await emulator.requests()).map((each) => each.grantType);
	assert.deepEqual(grants.filter(Boolean), [
		"authorization_code",
		"refresh_token",
	]);
	console.log("a token for the vault: by the refresh token, nobody was asked");
} finally {
	await emulator.close();
}

/** Where nobody can see a browser, a program signs in by the forms on the page. `BROWSER` is what Linux would open. */
function useStandIn() {
	const { BROWSER, DISPLAY, WAYLAND_DISPLAY } = process.env;
	if (process.platform !== "linux" || BROWSER) return;
	if (DISPLAY || WAYLAND_DISPLAY) return;
	process.env.BROWSER = fileURLToPath(new URL("stand-in.js", import.meta.url));
	process.env.NODE_EXTRA_CA_CERTS = emulator.caFile;
	process.env.STAND_IN_PASSWORD = emulator.users.alice.password;
}
