// The memory of this package around a credential that somebody wrote by hand, which asks Entra ID at each call. Entra ID is
// an emulated one on this machine.
//
//   node examples/any-credential/main.js
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:https";
import { json } from "node:stream/consumers";
import { startEmulator } from "@azidentity/emulator";
import { TokenCache, withTokenCache } from "azidentity";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";
const emulator = await startEmulator();

/** Anything with this method is a credential. This one knows nothing of caches, refreshes and callers at once. */
const byHand = {
	async getToken(scopes) {
		const { clientId, secrets } = emulator.apps.daemon;
		const url = `${emulator.authorityHost}/${emulator.tenants.contoso.id}/oauth2/v2.0/token`;
		const form = new URLSearchParams({
			grant_type: "client_credentials",
			client_id: clientId,
			client_secret: secrets[0],
			scope: String(scopes),
		});
		const headers = { "content-type": "application/x-www-form-urlencoded" };
		const asking = request(url, { ca: emulator.ca, headers, method: "POST" });
		asking.end(String(form));
		const [answer] = await once(asking, "response");
		const { access_token: token, expires_in: seconds } = await json(answer);
		return { token, expiresOnTimestamp: Date.now() + seconds * 1_000 };
	},
};

/** Runs some calls, and tells how many requests Entra ID saw for them. */
async function counted(what, expected, calls) {
	await emulator.clearRequests();
	await calls();
	const { length } = await emulator.requests();
	console.log(`${what}: ${length} requests to Entra ID`);
	assert.equal(length, expected);
}

const hundredCalls = (credential) => () =>
	Promise.all(Array.from({ length: 100 }, () => credential.getToken(STORAGE)));

try {
	await counted(
		"100 calls of the credential itself",
		100,
		hundredCalls(byHand),
	);

	const credential = withTokenCache(byHand);
	await counted(
		"100 calls at once through the memory",
		1,
		hundredCalls(credential),
	);
	await counted("100 more", 0, hundredCalls(credential));
	await counted("another resource", 1, () => credential.getToken(VAULT));

	// One memory for several credentials, or persistentTokenCache() for one on disk: then say whose the tokens are.
	const tokenCache = new TokenCache();
	const owner = `daemon ${emulator.apps.daemon.clientId}`;
	await counted("two credentials of one owner", 1, async () => {
		await withTokenCache(byHand, { tokenCache, owner }).getToken(STORAGE);
		await withTokenCache({ ...byHand }, { tokenCache, owner }).getToken(
			STORAGE,
		);
	});
} finally {
	await emulator.close();
}
