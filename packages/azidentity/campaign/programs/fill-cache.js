// Fills a persistent cache in a process of its own, which may be killed at any instant. For each token that a caller was
// handed it writes `scope's index, space, SHA-256 of the token` as a line, by one write that is done before anything else goes
// on: what was handed out and is not in the pipe yet is nobody's to miss. The job comes as JSON on standard input. The authority
// is in the process itself, behind the public option `httpClient`: it answers at once, so that a process costs little.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { ClientSecretCredential } from "azidentity";

const job = JSON.parse(readFileSync(0, "utf8"));

/** Bytes of a token: with its base64 the length of a token of Entra's. */
const TOKEN_BYTES = 1_100;

const httpClient = {
	async sendRequest(request) {
		if (job.isOffline) throw new Error("the authority is off");
		const access_token = randomBytes(TOKEN_BYTES).toString("base64url");
		const answer = { token_type: "Bearer", expires_in: 3_599, access_token };
		const headers = createHttpHeaders({ "content-type": "application/json" });
		const bodyAsText = JSON.stringify(answer);
		return { request, status: 200, headers, bodyAsText };
	},
};
const credential = new ClientSecretCredential(
	"11111111-1111-1111-1111-111111111111",
	"22222222-2222-2222-2222-222222222222",
	"a secret that nobody checks",
	{
		httpClient,
		disableInstanceDiscovery: true,
		retryOptions: { maxRetries: 0 },
		tokenCachePersistenceOptions: { enabled: true, ...job.cache },
	},
);
for (const [index, scope] of job.scopes.entries()) {
	let said;
	try {
		const { token } = await credential.getToken(scope);
		said = createHash("sha256").update(token).digest("hex");
	} catch (error) {
		said = `failed: ${error.message.replaceAll("\n", " ")}`;
	}
	writeSync(1, `${index} ${said}\n`);
}
