// Use blobs, as programs written for @azure/identity do: give a client of the Azure SDK a credential, and forget about
// tokens. It runs against an emulated Entra ID and Azurite on this machine; in Azure only the two addresses differ.
//
//   node examples/storage-blobs/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import { BlobServiceClient } from "@azure/storage-blob";
import { ClientSecretCredential } from "azidentity";
import { startAzurite } from "../main-job/azurite.js";

const emulator = await startEmulator();
const azurite = await startAzurite(emulator).catch(async (error) => {
	await emulator.close();
	throw error;
});
const tlsOptions = { ca: emulator.ca };

try {
	const { contoso } = emulator.tenants;
	const { daemon } = emulator.apps;
	const credential = new ClientSecretCredential(
		contoso.id,
		daemon.clientId,
		daemon.secrets[0],
		{
			authorityHost: emulator.authorityHost,
			disableInstanceDiscovery: true,
			tlsOptions,
		},
	);
	const service = new BlobServiceClient(azurite.url, credential, {
		tlsOptions,
	});
	const container = service.getContainerClient("letters");
	await container.create();

	const names = Array.from({ length: 50 }, (_, at) => `letter-${at}.txt`);
	await Promise.all(
		names.map((name) =>
			container.getBlockBlobClient(name).upload(name, name.length),
		),
	);
	const tokens = (await emulator.requests()).filter(({ path }) =>
		path.endsWith("/token"),
	);
	assert.equal(tokens.length, 1);
	console.log(`${names.length} blobs uploaded at once, with one token`);

	// A client of its own, as another part of the program may have: the credential remembers for both.
	const other = new BlobServiceClient(azurite.url, credential, { tlsOptions });
	await emulator.suspend();
	const [first = ""] = names;
	const text = await other
		.getContainerClient("letters")
		.getBlobClient(first)
		.downloadToBuffer();
	assert.equal(String(text), first);
	console.log(`another client reads "${text}", with Entra ID switched off`);
} finally {
	await azurite.close();
	await emulator.close();
}
