// A token that lies on disk among so many, and that this process has not asked for yet: `disk-lookup.js TOKENS`, its cache as
// JSON on stdin. Fills the cache, and then has a memory of its own for each look.
import { readFileSync } from "node:fs";
import {
	CLIENT,
	moduleOf,
	print,
	scope,
	serviceAtOnce,
	TENANT,
} from "./given.js";

/** So many at a time, which are written together. */
const TOGETHER = 500;
const LOOKS = 2_000;

const tokens = Number(process.argv[2]);
const cache = JSON.parse(readFileSync(0, "utf8"));
const { ClientSecretCredential } = await moduleOf("azidentity");
const credential = (httpClient) =>
	new ClientSecretCredential(TENANT, CLIENT, "secret", {
		tokenCachePersistenceOptions: { enabled: true, ...cache },
		httpClient,
		retryOptions: { maxRetries: 0 },
	});
const writer = credential(serviceAtOnce());
for (let number = 0; number < tokens; number += TOGETHER) {
	const left = Math.min(TOGETHER, tokens - number);
	const scopes = Array.from({ length: left }, (_, one) => scope(number + one));
	await Promise.all(scopes.map((one) => writer.getToken(one)));
}

const noRequest = { sendRequest: () => Promise.reject(new Error("a request")) };
const looks = [];
for (let look = 0; look < LOOKS; look += 1) {
	const reader = credential(noRequest);
	const start = performance.now();
	await reader.getToken(scope((look * 7) % tokens));
	looks.push(performance.now() - start);
}
print({ us: looks.sort((a, b) => a - b)[LOOKS / 2] * 1_000 });
