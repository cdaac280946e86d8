// Fresh tokens for a connection that lives longer than a token: a database, Redis, a message broker. Here tokens live for
// four seconds, from an emulated Entra ID on this machine.
//
//   node examples/watch-token/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import { ClientSecretCredential, watchToken } from "azidentity";

const REDIS = "https://redis.azure.com/.default";
const emulator = await startEmulator({ knobs: { accessTokenLifetime: 4_000 } });
const { apps, authorityHost, ca, tenants } = emulator;
const credential = new ClientSecretCredential(
	tenants.contoso.id,
	apps.daemon.clientId,
	apps.daemon.secrets[0],
	{ authorityHost, disableInstanceDiscovery: true, tlsOptions: { ca } },
);

/** Stands for a client whose server ends the connection when its token expires. */
const connection = {
	tokens: [],
	async authenticate(token) {
		connection.tokens.push(token);
		const { exp } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
		const left = exp - Date.now() / 1_000;
		console.log(`token ${connection.tokens.length}: ${left.toFixed(1)} s left`);
		assert.ok(left > 0);
	},
	close: new AbortController(),
};

try {
	const { signal } = connection.close;
	for await (const { token } of watchToken(credential, REDIS, { signal })) {
		await connection.authenticate(token);
		if (connection.tokens.length === 3) connection.close.abort();
	}
	assert.equal(new Set(connection.tokens).size, 3);
	console.log("closed: the loop has ended, and no timer is left");
} finally {
	await emulator.close();
}
