import { azureHttpClient } from "../service.js";

/** This package. `cache` is the name of one on disk, under HOME; `redis` says where one in Redis is. */
export async function open(job, service) {
	const { tenantId, clientId, cache, redis, tokens } = job;
	const { ClientSecretCredential } = await import("azidentity");
	const httpClient = azureHttpClient(service);
	const onDisk = { enabled: true, name: cache };
	const credential = new ClientSecretCredential(tenantId, clientId, "secret", {
		httpClient,
		...(await memoryFor(tokens)),
		...(redis && { tokenCache: await cacheInRedis(redis) }),
		...(cache && { tokenCachePersistenceOptions: onDisk }),
	});
	return {
		warm: httpClient.warm,
		getToken: (scope) => credential.getToken(scope),
	};
}

/** More than the 64 MiB that are the default, where so many tokens are to be remembered. */
async function memoryFor(tokens = 0) {
	if (tokens < 20_000) return {};
	const { TokenCache } = await import("azidentity");
	return { tokenCache: new TokenCache({ maxBytes: 1024 ** 3 }) };
}

async function cacheInRedis({ url, key, timeout }) {
	const { TokenCache } = await import("azidentity");
	const { redisStore } = await import("azidentity/redis");
	const { createClient } = await import("redis");
	const client = createClient({ url });
	client.on("error", () => {});
	await client.connect();
	const store = redisStore(client, { keys: [{ id: "bench", key }], timeout });
	return new TokenCache({ store });
}
