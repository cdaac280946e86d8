import { azureHttpClient } from "../service.js";
import { importToday } from "./import-today.js";

/** Today's package, with its plugin where a cache on disk is asked for: a plain file, since it has no other without a desktop. */
export async function open({ tenantId, clientId, cache }, service) {
	const { ClientSecretCredential, useIdentityPlugin } =
		await importToday("@azure/identity");
	if (cache) {
		const plugin = await importToday("@azure/identity-cache-persistence");
		useIdentityPlugin(plugin.cachePersistencePlugin);
	}
	const httpClient = azureHttpClient(service);
	const onDisk = {
		enabled: true,
		name: cache,
		unsafeAllowUnencryptedStorage: true,
	};
	const credential = new ClientSecretCredential(tenantId, clientId, "secret", {
		httpClient,
		...(cache && { tokenCachePersistenceOptions: onDisk }),
	});
	return {
		warm: httpClient.warm,
		getToken: (scope) => credential.getToken(scope),
	};
}
