// A process from its start to its first token, over the network, from the emulated authority:
// `cold.js SUBJECT AUTHORITY CA-FILE SECRET`
import { readFileSync } from "node:fs";
import { CLIENT, clientSecretCredential, print, TENANT } from "../subjects.js";

const [subject, authorityHost, caFile, secret] = process.argv.slice(2);
const Credential = await clientSecretCredential(subject);
const credential = new Credential(TENANT, CLIENT, secret, {
	authorityHost,
	disableInstanceDiscovery: true,
	tlsOptions: { ca: readFileSync(caFile, "utf8") },
});
await credential.getToken("https://vault.azure.net/.default");
print({ ms: performance.now() });
process.exit();
