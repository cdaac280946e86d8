// Gets one token as a program with no thought of an emulator would: everything comes from the environment.
// Usage: azure-identity.js environment | managed-identity. Prints {"step", "token"}.
import {
	EnvironmentCredential,
	ManagedIdentityCredential,
} from "@azure/identity";

const [, , which] = process.argv;
const { CLIENT_ID: clientId } = process.env;
const credential =
	which === "environment"
		? new EnvironmentCredential()
		: new ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
const { token } = await credential.getToken("https://vault.azure.net/.default");
console.log(JSON.stringify({ step: which, token }));
