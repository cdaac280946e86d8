// So many tokens stored on disk, one after the other: `disk-fill.js TOKENS`, its cache as JSON on stdin.
import { readFileSync } from "node:fs";
import {
	CLIENT,
	clientSecretCredential,
	countingHttpClient,
	print,
	scope,
	TENANT,
} from "../subjects.js";

const tokens = Number(process.argv[2]);
const cache = JSON.parse(readFileSync(0, "utf8"));
const Credential = await clientSecretCredential("azidentity");
const credential = new Credential(TENANT, CLIENT, "secret", {
	tokenCachePersistenceOptions: { enabled: true, ...cache },
	httpClient: await countingHttpClient(),
});
const start = performance.now();
for (let number = 0; number < tokens; number += 1)
	await credential.getToken(scope(number));
print({ ms: performance.now() - start });
