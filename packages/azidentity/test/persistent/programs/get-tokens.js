// A program of its own that gets tokens with a persistent cache, as a user would write it, and prints each one as a
// line of JSON once it has it. What to get comes as JSON on standard input: no secret is ever in an argv.
import { readFileSync } from "node:fs";
import { ClientSecretCredential } from "azidentity";

const job = JSON.parse(readFileSync(0, "utf8"));
const credential = new ClientSecretCredential(
	job.tenantId,
	job.clientId,
	job.secret,
	{
		authorityHost: job.authorityHost,
		disableInstanceDiscovery: true,
		tlsOptions: { ca: job.ca },
		retryOptions: { maxRetries: job.maxRetries ?? 3 },
		tokenCachePersistenceOptions: { enabled: true, ...job.cache },
	},
);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

for (const scope of job.scopes) {
	try {
		const { token } = await credential.getToken(scope);
		say({ scope, token });
	} catch (error) {
		say({ scope, failed: error.name, message: error.message });
	}
}
