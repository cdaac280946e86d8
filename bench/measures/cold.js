// A process from its start to its first token, over the network, from the emulated authority: `cold.js SUBJECT`, on stdin as
// JSON where and as whom. The authority's CA comes by NODE_EXTRA_CA_CERTS.
import { readFileSync } from "node:fs";

const SCOPE = "https://vault.azure.net/.default";
const whom = JSON.parse(readFileSync(0, "utf8"));
const { authorityHost, tenantId, clientId, secret } = whom;
const SUBJECTS = {
	azidentity,
	"azure-identity": azureIdentity,
	"msal-node": msalNode,
};
await SUBJECTS[process.argv[2]]();
console.log(JSON.stringify({ ms: performance.now() }));
process.exit();

async function azidentity() {
	const { ClientSecretCredential } = await import("azidentity");
	await tokenOf(ClientSecretCredential);
}

async function azureIdentity() {
	const { importToday } = await import("../programs/subjects/import-today.js");
	const identity = await importToday("@azure/identity");
	await tokenOf(identity.ClientSecretCredential);
}

function tokenOf(Credential) {
	const options = { authorityHost, disableInstanceDiscovery: true };
	return new Credential(tenantId, clientId, secret, options).getToken(SCOPE);
}

async function msalNode() {
	const { importToday } = await import("../programs/subjects/import-today.js");
	const { ConfidentialClientApplication } =
		await importToday("@azure/msal-node");
	const app = new ConfidentialClientApplication({
		auth: {
			clientId,
			clientSecret: secret,
			authority: new URL(tenantId, authorityHost).href,
			knownAuthorities: [new URL(authorityHost).host],
		},
	});
	await app.acquireTokenByClientCredential({ scopes: [SCOPE] });
}
