// One credential for every place: the same program, first where nothing gives it an identity, then on a machine with a
// managed identity, then with a secret in its environment. All on an Entra ID that runs on this machine.
import { startEmulator } from "@azidentity/emulator";
import { DefaultAzureCredential } from "azidentity";

const SCOPE = "https://storage.azure.com/.default";
const emulator = await startEmulator();
const { apps, authorityHost, ca, managedIdentityUrl, tenants } = emulator;

// Only for the emulator: where it is, and that it may be trusted. Without these, the credential asks Azure itself.
const options = {
	authorityHost,
	disableInstanceDiscovery: true,
	tlsOptions: { ca },
};

/** Whom the program speaks for, in a place with these variables. */
async function whoAmI(place, variables) {
	const before = { ...process.env };
	Object.assign(process.env, variables);
	try {
		const credential = new DefaultAzureCredential(options);
		const { token } = await credential.getToken(SCOPE);
		const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
		console.log(`${place}: the application ${claims.appid}`);
	} finally {
		process.env = before;
	}
}

try {
	const nowhere = { AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://127.0.0.1:9" };
	await whoAmI("with nothing there", {
		AZURE_TOKEN_CREDENTIALS: "prod",
		...nowhere,
	}).catch((error) => console.log(`with nothing there: ${error.message}`));
	await whoAmI("on a virtual machine", {
		AZURE_POD_IDENTITY_AUTHORITY_HOST: managedIdentityUrl,
	});
	await whoAmI("with a secret in the environment", {
		AZURE_TENANT_ID: tenants.contoso.id,
		AZURE_CLIENT_ID: apps.daemon.clientId,
		AZURE_CLIENT_SECRET: apps.daemon.secrets[0],
		...nowhere,
	});
} finally {
	await emulator.close();
}
