// A program that Azure vouches for, with no secret of its own, on two of the hosts it may find itself on: a virtual
// machine and Service Fabric. Both are emulated on this machine.
//
//   node examples/managed-identity/main.js
import assert from "node:assert/strict";
import { IDENTITY_HEADER, startEmulator } from "@azidentity/emulator";
import { ManagedIdentityCredential } from "azidentity";

const STORAGE = "https://storage.azure.com/.default";

const emulator = await startEmulator();
const requests = async () => (await emulator.requests()).length;
try {
	// On a real virtual machine nothing needs to be set; here IMDS is somewhere else.
	process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = emulator.managedIdentityUrl;
	const machine = new ManagedIdentityCredential();
	await Promise.all(
		Array.from({ length: 100 }, () => machine.getToken(STORAGE)),
	);
	assert.equal(await requests(), 1);
	console.log("virtual machine: 100 callers at once, one request");

	const assigned = new ManagedIdentityCredential({
		clientId: "11111111-2222-3333-4444-555555555555",
	});
	const { token } = await assigned.getToken(STORAGE);
	const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
	console.log(`user-assigned:   a token for client ${claims.appid}`);

	// What Service Fabric sets. Its certificate is known by its thumbprint, and by nothing else.
	const { url, thumbprint } = emulator.serviceFabric;
	Object.assign(process.env, {
		IDENTITY_ENDPOINT: url,
		IDENTITY_HEADER,
		IDENTITY_SERVER_THUMBPRINT: thumbprint,
	});
	await new ManagedIdentityCredential().getToken(STORAGE);
	console.log("Service Fabric:  a token from the certificate it announced");

	process.env.IDENTITY_SERVER_THUMBPRINT = "0".repeat(40);
	await emulator.clearRequests();
	await assert.rejects(
		new ManagedIdentityCredential().getToken(STORAGE),
		(error) => {
			console.log(`another one's:   ${error.message}`);
			return error.errorResponse.error === "tls_error";
		},
	);
	assert.equal(await requests(), 0);
	console.log("                 which got no byte of a request");
} finally {
	await emulator.close();
}
