import { mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { importToday } from "./import-today.js";

/** MSAL for Node, with the plain file of its extensions where a cache on disk is asked for. */
export async function open({ tenantId, clientId, cache }, service) {
	const { ConfidentialClientApplication } =
		await importToday("@azure/msal-node");
	const authority = `https://login.microsoftonline.com/${tenantId}`;
	const app = new ConfidentialClientApplication({
		auth: { clientId, clientSecret: "secret", authority },
		...(cache && { cache: { cachePlugin: await plainFile(cache) } }),
		system: { networkClient: networkClient(service) },
	});
	return {
		warm() {},
		getToken: (scope) =>
			app.acquireTokenByClientCredential({ scopes: [scope] }),
	};
}

async function plainFile(name) {
	const { FilePersistence, PersistenceCachePlugin } = await importToday(
		"@azure/msal-node-extensions",
	);
	const folder = path.join(os.homedir(), ".IdentityService");
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const file = path.join(folder, `${name}.msal`);
	return new PersistenceCachePlugin(await FilePersistence.create(file));
}

function networkClient(service) {
	return {
		async sendGetRequestAsync(url) {
			throw new Error(`nothing is to be read from ${url}`);
		},
		async sendPostRequestAsync() {
			const body = JSON.parse(await service.answer());
			return { status: 200, headers: {}, body };
		},
	};
}
