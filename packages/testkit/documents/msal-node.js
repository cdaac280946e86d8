// Signs in to the emulator in several ways with msal-node, all on one cache. Prints {"document", "found"}: the document that
// it wrote, and what new clients then found in it.

import {
	createDefaultHttpClient,
	createHttpHeaders,
	createPipelineFromOptions,
	createPipelineRequest,
} from "@azure/core-rest-pipeline";
import {
	ConfidentialClientApplication,
	PublicClientApplication,
} from "@azure/msal-node";

const { env } = process;
const VAULT = "https://vault.azure.net/.default";
const STORAGE = "https://storage.azure.com/.default";
const GRAPH = "https://graph.microsoft.com/User.Read";
const ORDERS = "api://orders/access_as_user";

let document = "";
const cachePlugin = {
	async beforeCacheAccess({ tokenCache }) {
		tokenCache.deserialize(document);
	},
	async afterCacheAccess({ cacheHasChanged, tokenCache }) {
		if (cacheHasChanged) document = tokenCache.serialize();
	},
};

// msal-node asks through no proxy by itself; Azure's own HTTP stack does.
const http = createDefaultHttpClient();
const pipeline = createPipelineFromOptions({});
async function send(method, url, { headers, body } = {}) {
	const request = createPipelineRequest({
		url,
		method,
		body,
		headers: createHttpHeaders(headers),
	});
	const answer = await pipeline.sendRequest(http, request);
	return {
		status: answer.status,
		headers: answer.headers.toJSON(),
		body: JSON.parse(answer.bodyAsText),
	};
}
const networkClient = {
	sendGetRequestAsync: (url, options) => send("GET", url, options),
	sendPostRequestAsync: (url, options) => send("POST", url, options),
};

const configuration = (clientId, clientSecret) => ({
	auth: {
		clientId,
		clientSecret,
		authority: `https://login.microsoftonline.com/${env.TENANT}`,
	},
	cache: { cachePlugin },
	system: { networkClient },
});
const confidential = (clientId, clientSecret) =>
	new ConfidentialClientApplication(configuration(clientId, clientSecret));
const publicClient = (clientId) =>
	new PublicClientApplication(configuration(clientId));

async function ownToken(scope) {
	const daemon = confidential(env.DAEMON, env.DAEMON_SECRET);
	return daemon.acquireTokenByClientCredential({ scopes: [scope] });
}

async function silently(client, scope) {
	const app = publicClient(client);
	const [account] = await app.getAllAccounts();
	return app.acquireTokenSilent({ account, scopes: [scope] });
}

for (const scope of [VAULT, STORAGE]) await ownToken(scope);
for (const client of [env.NATIVE, env.AZURE_CLI]) {
	await publicClient(client).acquireTokenByUsernamePassword({
		scopes: [GRAPH],
		username: env.USERNAME,
		password: env.PASSWORD,
	});
	// By the refresh token: another resource.
	await silently(client, VAULT);
}
const { accessToken: orders } = await silently(env.NATIVE, ORDERS);
const api = confidential(env.API, env.API_SECRET);
await api.acquireTokenOnBehalfOf({ scopes: [GRAPH], oboAssertion: orders });

const written = document;
const found = [];
for (const scope of [VAULT, STORAGE]) {
	const { accessToken: token } = await ownToken(scope);
	found.push({ client: env.DAEMON, scope, token });
}
for (const [client, scope] of [
	[env.NATIVE, GRAPH],
	[env.NATIVE, VAULT],
	[env.NATIVE, ORDERS],
	[env.AZURE_CLI, GRAPH],
	[env.AZURE_CLI, VAULT],
]) {
	const { account, accessToken: token } = await silently(client, scope);
	found.push({ client, account: account.homeAccountId, scope, token });
}
console.log(JSON.stringify({ document: written, found }));
