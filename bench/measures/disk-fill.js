// So many tokens stored on disk, one after the other: `disk-fill.js SUBJECT TOKENS`, on stdin as JSON the options of the
// cache and, for today's package, where it is installed with its plugin. That one keeps a plain file under HOME; ours is encrypted.
// Each token is stored before the next one is asked for.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import {
	CLIENT,
	clientSecretCredential,
	countingHttpClient,
	print,
	scope,
	TENANT,
} from "../subjects.js";

const [subject, count] = process.argv.slice(2);
const tokens = Number(count);
const { installed, ...cache } = JSON.parse(readFileSync(0, "utf8"));
const Credential =
	subject === "today"
		? await withPlugin(installed)
		: await clientSecretCredential(subject);
const credential = new Credential(TENANT, CLIENT, "secret", {
	tokenCachePersistenceOptions: { enabled: true, ...cache },
	httpClient: await countingHttpClient(),
});
const start = performance.now();
for (let number = 0; number < tokens; number += 1)
	await credential.getToken(scope(number));
print({ ms: performance.now() - start });

async function withPlugin(directory) {
	const { resolve } = createRequire(path.join(directory, "package.json"));
	const identity = await import(resolve("@azure/identity"));
	const plugin = await import(resolve("@azure/identity-cache-persistence"));
	identity.useIdentityPlugin(plugin.cachePersistencePlugin);
	return identity.ClientSecretCredential;
}
