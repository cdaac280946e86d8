import { azureHttpClient } from "../service.js";

/** This package. `cache` is the name of one on disk, under HOME. */
export async function open({ tenantId, clientId, cache, tokens }, service) {
	const { ClientSecretCredential } = await import("azidentity");
	const httpClient = azureHttpClient(service);
	const onDisk = { enabled: true, name: cache };
	const credential = new ClientSecretCredential(tenantId, clientId, "secret", {
		httpClient,
		...(await memoryFor(tokens)),
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
