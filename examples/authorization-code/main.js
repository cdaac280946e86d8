// A web application signs a person in: it sends them to Microsoft Entra ID, gets a code at its callback, and has a
// credential redeem it. From then on it gets the person's tokens silently, until the service wants to see them again.
// It runs against an emulated Entra ID on this machine; `person.js` is the person at the browser.
//
//   node examples/authorization-code/main.js
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { startEmulator } from "@azidentity/emulator";
import { AuthorizationCodeCredential, TokenCache } from "azidentity";
import { signInAt } from "./person.js";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

const emulator = await startEmulator();
const { web } = emulator.apps;
const { contoso } = emulator.tenants;
const redirectUri = "http://localhost:3000/cb";

// One memory for all visitors: it keeps their tokens apart, and lets the oldest go when it is full.
const tokenCache = new TokenCache();
/** Visitors by the `state` they were sent away with: what redeems their code, then their credential. */
const sessions = new Map();

/** Where a visitor is sent to sign in. The state ties what comes back to this visitor, the challenge to this program. */
function signInUrl() {
	const state = randomBytes(32).toString("base64url");
	const codeVerifier = randomBytes(32).toString("base64url");
	sessions.set(state, { codeVerifier });
	const query = new URLSearchParams({
		client_id: web.clientId,
		response_type: "code",
		redirect_uri: redirectUri,
		scope: `openid profile offline_access ${STORAGE}`,
		state,
		code_challenge: createHash("sha256")
			.update(codeVerifier)
			.digest("base64url"),
		code_challenge_method: "S256",
	});
	return `${emulator.authorityHost}/${contoso.id}/oauth2/v2.0/authorize?${query}`;
}

/** The callback: makes the visitor's credential. */
const server = createServer((request, response) => {
	const { searchParams } = new URL(request.url, redirectUri);
	const state = searchParams.get("state");
	const code = searchParams.get("code");
	const { codeVerifier } = sessions.get(state) ?? {};
	if (codeVerifier === undefined || code === null)
		return response.writeHead(400).end("This sign-in was not asked for here.");
	sessions.set(state, {
		credential: new AuthorizationCodeCredential(
			contoso.id,
			web.clientId,
			web.secrets[0],
			code,
			redirectUri,
			{
				codeVerifier,
				tokenCache,
				authorityHost: emulator.authorityHost,
				disableInstanceDiscovery: true,
				tlsOptions: { ca: emulator.ca },
			},
		),
	});
	return response.end("You are signed in.");
});

try {
	await once(server.listen(0, "localhost"), "listening");
	const url = signInUrl();
	const callback = await signInAt(emulator, url, emulator.users.alice);
	// The registered address has a port of its own; this one is free.
	callback.port = String(server.address().port);
	console.log(await (await fetch(callback)).text());

	const { credential } = sessions.get(callback.searchParams.get("state"));
	const storage = await credential.getToken(STORAGE);
	const again = await credential.getToken(STORAGE);
	assert.equal(again.token, storage.token);
	await credential.getToken(VAULT);
	const grants = (await emulator.requests()).flatMap(
		({ grantType }) => grantType ?? [],
	);
	assert.deepEqual(grants, ["authorization_code", "refresh_token"]);
	console.log(`three tokens, two requests: ${grants.join(", ")}`);

	// The administrator ends the session: the code has been used, so a new sign-in is the only way.
	await emulator.revoke(emulator.users.alice.username);
	await assert.rejects(
		credential.getToken("https://graph.microsoft.com/.default"),
		(error) => {
			assert.equal(error.name, "AuthenticationRequiredError");
			console.log(`when the session is over:\n  ${error.message}`);
			return true;
		},
	);
} finally {
	server.close();
	await emulator.close();
}
