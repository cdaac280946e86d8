// One process of a web service: `web-service.js SUBJECT`, what it needs as a line of JSON on stdin; it says its port, and
// ends with its stdin. Each request is answered with a token on behalf of the user who sent it; the call with that token,
// which costs the same with any package, is left out.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { createClient } from "redis";
import { importToday } from "./subjects/import-today.js";

const SCOPE = "https://storage.azure.com/.default";
const lines = createInterface({ input: process.stdin });
const job = JSON.parse(
	(await lines[Symbol.asyncIterator]().next()).value ?? "{}",
);
const { app } = job;
const authority = `${job.authorityHost}/${app.tenantId}`;
const discovery = await read(
	`${authority}/v2.0/.well-known/openid-configuration`,
);
const { issuer } = discovery;
const keys = createLocalJWKSet(await read(discovery.jwks_uri));
const redis = createClient({ url: job.redis });
redis.on("error", () => {});
await redis.connect();

const OPEN = { azidentity, "msal-node": msalNode };
const onBehalfOf = await OPEN[process.argv[2]]();

const server = createServer((request, response) => {
	answer(request).then(
		(body) => response.end(body),
		(error) => response.writeHead(500).end(String(error?.message)),
	);
}).listen(0, "127.0.0.1", () => {
	console.log(JSON.stringify({ port: server.address().port }));
});
lines.once("close", () => process.exit());

async function read(url) {
	return (await fetch(url)).json();
}

async function answer(request) {
	const [, userToken] = request.headers.authorization.split(" ");
	const checked = { issuer, audience: app.clientId };
	const { payload: user } = await jwtVerify(userToken, keys, checked);
	const { oid } = decodeJwt(await onBehalfOf(userToken, user));
	if (oid !== user.oid) throw new Error("a token of somebody else");
	return oid;
}

/** One memory for all requests, in front of Redis. */
async function azidentity() {
	const { OnBehalfOfCredential, TokenCache } = await import("azidentity");
	const { redisStore } = await import("azidentity/redis");
	const store = redisStore(redis, {
		keys: [{ id: "bench", key: job.key }],
		...(job.timeout && { timeout: job.timeout }),
	});
	const options = {
		...{ ...app, authorityHost: job.authorityHost },
		...{ disableInstanceDiscovery: true, tlsOptions: { ca: job.ca } },
		tokenCache: new TokenCache({ store }),
	};
	return async (userAssertionToken) => {
		const credential = new OnBehalfOfCredential({
			...options,
			userAssertionToken,
		});
		return (await credential.getToken(SCOPE)).token;
	};
}

/**
 * An application for each request, since its partition manager is not told whose token is asked for: its cache is the
 * partition of the user in Redis. On behalf of a user it does not look there by itself; `getAllAccounts` does. What would be looked up of the authority is given, so that tokens alone are requested.
 */
async function msalNode() {
	const { ConfidentialClientApplication, DistributedCachePlugin } =
		await importToday("@azure/msal-node");
	const { hostname, host } = new URL(job.authorityHost);
	const cloud = {
		tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`,
		metadata: [
			{
				preferred_network: host,
				preferred_cache: host,
				aliases: [host, hostname],
			},
		],
	};
	const auth = {
		...{ clientId: app.clientId, clientSecret: app.clientSecret },
		authority,
		knownAuthorities: [host],
		cloudDiscoveryMetadata: JSON.stringify(cloud),
		authorityMetadata: JSON.stringify(discovery),
	};
	const client = {
		get: async (key) => (await redis.get(key)) ?? "",
		set: (key, value) => redis.set(key, value),
	};
	return async (oboAssertion, { oid, tid }) => {
		const partition = {
			getKey: async () => `${oid}.${tid}`,
			extractKey: async ({ homeAccountId }) => homeAccountId,
		};
		const cachePlugin = new DistributedCachePlugin(client, partition);
		const one = new ConfidentialClientApplication({
			auth,
			cache: { cachePlugin },
		});
		await one.getTokenCache().getAllAccounts();
		const scopes = [SCOPE];
		const result = await one.acquireTokenOnBehalfOf({ oboAssertion, scopes });
		return result.accessToken;
	};
}
