// 100 callers who ask for the same new token at once: how many requests they make. `concurrent.js SUBJECT`
import { credentialHolding, print, scope } from "../subjects.js";

const CALLERS = 100;

const { credential, httpClient } = await credentialHolding(process.argv[2], 0);
await Promise.all(
	Array.from({ length: CALLERS }, () => credential.getToken(scope(0))),
);
print({ callers: CALLERS, requests: httpClient.requests });
