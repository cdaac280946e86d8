// The second process of the main job: it finds on disk what the first one left there.
import { readFileSync } from "node:fs";
import { ClientSecretCredential } from "azidentity";

// The job comes on standard input: no secret is ever in an argv.
const { tenantId, clientId, secret, options, scope } = JSON.parse(
	readFileSync(0, "utf8"),
);
const credential = new ClientSecretCredential(
	tenantId,
	clientId,
	secret,
	options,
);
const { token } = await credential.getToken(scope);
process.stdout.write(token);
