// An API that calls another API on behalf of the users who call it: one credential per request, one memory for all. Users,
// tokens and the API behind are an emulated Entra ID on this machine.
//
//   node examples/on-behalf-of/main.js
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { startEmulator } from "@azidentity/emulator";
import { UsernamePasswordCredential } from "azidentity";
import { createLocalJWKSet } from "jose";
import { ordersApi } from "./orders-api.js";

const emulator = await startEmulator({
	users: [
		{
			id: "e0000000-0000-4000-8000-00000000da4a",
			tenantId: "aaaa1111-0000-4000-8000-000000000001",
			username: "dana@contoso.test",
			name: "Dana Example",
			password: "swordfish",
		},
	],
});
const { apps, authorityHost, ca, tenants, users } = emulator;
const tenantId = tenants.contoso.id;
const options = {
	authorityHost,
	disableInstanceDiscovery: true,
	tlsOptions: { ca },
};

/** What a GET brings, from a server that the emulator's certificate authority vouches for. */
async function get(url, headers = {}) {
	const [response] = await once(
		request(url, { ca, headers }).end(),
		"response",
	);
	return JSON.parse(await text(response));
}

/** What a user's own client does first: it gets a token for the API. */
async function signIn(username, password) {
	const user = new UsernamePasswordCredential(
		tenantId,
		apps.native.clientId,
		username,
		password,
		options,
	);
	return (await user.getToken("api://orders/access_as_user")).token;
}

const api = ordersApi({
	app: {
		tenantId,
		clientId: apps.api.clientId,
		clientSecret: apps.api.secrets[0],
	},
	options,
	userTokens: {
		issuer: `${authorityHost}/${tenantId}/v2.0`,
		keys: createLocalJWKSet(
			await get(`${authorityHost}/${tenantId}/discovery/v2.0/keys`),
		),
	},
	callStock: (token) =>
		get(emulator.demoApiUrl, { authorization: `Bearer ${token}` }),
});
await once(api.listen(0, "127.0.0.1"), "listening");

const call = (token) =>
	fetch(`http://127.0.0.1:${api.address().port}/orders`, {
		headers: { authorization: `Bearer ${token}` },
	});
const exchanges = async () =>
	(await emulator.requests()).filter(({ grantType }) =>
		grantType?.endsWith("jwt-bearer"),
	).length;

try {
	const alice = await signIn(users.alice.username, users.alice.password);
	const dana = await signIn("dana@contoso.test", "swordfish");

	for (let turn = 0; turn < 10; turn += 1) {
		const [one, other] = await Promise.all([call(alice), call(dana)]);
		assert.equal((await one.json()).oid, users.alice.id);
		assert.notEqual((await other.json()).oid, users.alice.id);
	}
	assert.equal(await exchanges(), 2);
	console.log("20 requests of 2 users: each as the user, 2 tokens asked for");

	assert.equal((await call(`${alice.slice(0, -8)}AAAAAAAA`)).status, 401);
	assert.equal(await exchanges(), 2);
	console.log("a token that nobody signed: turned away at the door");

	const again = await signIn("dana@contoso.test", "swordfish");
	// What Entra answers when a policy of the stock wants more of the user, such as a second factor.
	const claims = '{"access_token":{"acrs":{"essential":true,"value":"p1"}}}';
	await emulator.addFault({
		path: "/token",
		status: 400,
		body: { error: "interaction_required", error_codes: [50079], claims },
	});
	const refused = await call(again);
	assert.equal(refused.status, 401);
	console.log(
		`a policy wants more of the user: ${refused.headers.get("www-authenticate")}`,
	);
} finally {
	api.close();
	await emulator.close();
}
