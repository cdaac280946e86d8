// Fills a persistent cache in a process of its own, which may be killed at any instant. For each token that a caller was
// handed it writes `scope's index, space, SHA-256 of the token` as a line, by one write that is done before anything else goes
// on: what was handed out and is not in the pipe yet is nobody's to miss. The job comes as JSON on standard input. The authority
// is in the process itself, so that a process costs little.
import { createHash } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { ClientSecretCredential } from "azidentity";
import { optionsFor, ownAuthority, WHO } from "./own-authority.js";

const job = JSON.parse(readFileSync(0, "utf8"));
const authority = ownAuthority();
authority.isOff = job.isOffline;
const credential = new ClientSecretCredential(...WHO, {
	...optionsFor(authority),
	tokenCachePersistenceOptions: { enabled: true, ...job.cache },
});
for (const [index, scope] of job.scopes.entries()) {
	let said;
	try {
		const { token } = await credential.getToken(scope);
		said = createHash("sha256").update(token).digest("hex");
	} catch (error) {
		said = `failed: ${error.name}: ${error.message.replaceAll("\n", " ")}`;
	}
	writeSync(1, `${index} ${said}\n`);
}
