// A process that is cold until it is told to go: it says when it is ready, when it has asked, and what it got. What it
// needs comes as JSON in one line of standard input, so that no secret is in an argv.
import { createInterface } from "node:readline";
import { ClientSecretCredential, TokenCache } from "azidentity";
import { redisStore } from "azidentity/redis";
import { Redis } from "ioredis";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (line) => process.stdout.write(`${line}\n`);

const job = JSON.parse((await lines.next()).value);
const client = new Redis({ host: "127.0.0.1", port: job.redis });
await client.ping();
const store = redisStore(client, {
	keys: [{ id: "test", key: job.key }],
	timeout: job.timeout,
});
store.invalidation.listen(() => {});
const credential = new ClientSecretCredential(
	job.tenantId,
	job.clientId,
	job.secret,
	{ ...job.options, tokenCache: new TokenCache({ store }) },
);
say("ready");
await lines.next();
const token = credential.getToken(job.scope);
say("asked");
say((await token).token);
client.disconnect();
process.stdin.destroy();
