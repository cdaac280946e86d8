// A fresh process from its first line to a token that lies on disk: `disk-cold.js`, its cache as JSON on stdin.
import { readFileSync } from "node:fs";
import { CLIENT, print, scope, TENANT } from "../subjects.js";

const cache = JSON.parse(readFileSync(0, "utf8"));
const start = performance.now();
const { ClientSecretCredential } = await import("azidentity");
const credential = new ClientSecretCredential(TENANT, CLIENT, "secret", {
	tokenCachePersistenceOptions: { enabled: true, ...cache },
	// The token is on disk: a request would be a mistake.
	httpClient: { sendRequest: () => Promise.reject(new Error("a request")) },
	retryOptions: { maxRetries: 0 },
});
await credential.getToken(scope(0));
print({ ms: performance.now() - start });
