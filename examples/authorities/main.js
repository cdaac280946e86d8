// Where a credential asks, and where it never sends a secret: another cloud's host, a private cloud, ADFS, a region.
// It runs against an emulated Entra ID on this machine, whose proxy stands for the way to Microsoft.
//
//   node examples/authorities/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import { ClientSecretCredential } from "azidentity";

const VAULT = "https://vault.azure.net/.default";

// With "tunnel" the proxy leads to other hosts, too, as a company's does.
const emulator = await startEmulator({ elsewhere: "tunnel" });
const { hostname, port } = new URL(emulator.proxyUrl);

/** A token of the daemon, and which hosts were asked for it. */
async function ask(tenantId, options) {
	await emulator.clearRequests();
	const { clientId, secrets } = emulator.apps.daemon;
	const credential = new ClientSecretCredential(
		tenantId,
		clientId,
		secrets[0],
		{
			proxyOptions: { host: `http://${hostname}`, port: Number(port) },
			tlsOptions: { ca: emulator.ca },
			...options,
		},
	);
	const result = await credential.getToken(VAULT).catch((error) => error);
	const requests = (await emulator.requests()).map(
		({ host, method, path }) => `  ${method} ${host}${path}`,
	);
	return { result, requests };
}

function show(title, { result, requests }) {
	console.log(`${title}:`);
	console.log(requests.join("\n"));
	if (result instanceof Error) console.log(`  ${result.message}`);
}

try {
	const { id } = emulator.tenants.contoso;
	const { authorityHost } = emulator;

	const known = await ask(id, { authorityHost: "https://login.windows.net" });
	show("The public cloud, by one of its other names", known);
	assert.equal(known.requests.length, 1);

	const own = await ask(id, { authorityHost });
	show("A host that no cloud names: Microsoft is asked about it first", own);
	assert.equal(own.requests.length, 3);

	const vouched = await ask(id, {
		authorityHost,
		disableInstanceDiscovery: true,
	});
	show("The same, when the program vouches for it", vouched);
	assert.equal(vouched.requests.length, 2);

	const adfs = await ask("adfs", { authorityHost });
	show("An ADFS server", adfs);
	assert.ok(adfs.result.token);

	process.env.AZURE_REGIONAL_AUTHORITY_NAME = "westeurope";
	const regional = await ask(id, {});
	delete process.env.AZURE_REGIONAL_AUTHORITY_NAME;
	show("The public cloud in one region", regional);
	assert.match(regional.requests[0], /westeurope\.login\.microsoft\.com/);

	const evil = await ask(id, { authorityHost: "https://login.evil.test" });
	show("A host that nobody vouches for never hears of the secret", evil);
	assert.deepEqual(evil.result.errorResponse.errorCodes, [50049]);
} finally {
	await emulator.close();
}
