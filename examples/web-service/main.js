// A web service for thousands of users, on several processes and one Redis: each request is answered on behalf of the user
// who sent it, and a user's token is asked for once, whichever processes the requests come to. Two processes, a Redis, an
// emulated Entra ID with the API behind, and the load are on this machine. Needs redis-server.
//
//   node examples/web-service/main.js [--users 200] [--requests 5]
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { startEmulator } from "@azidentity/emulator";
import { load } from "./load.js";
import { people, signIn } from "./people.js";
import { startRedis } from "./redis-server.js";

const { values } = parseArgs({
	options: {
		users: { type: "string", default: "200" },
		requests: { type: "string", default: "5" },
	},
});
const users = people(Number(values.users));
const SERVICE = new URL("service.js", import.meta.url);

const redis = await startRedis();
const emulator = await startEmulator({ users });
const processes = [];
try {
	const environment = {
		...process.env,
		NODE_EXTRA_CA_CERTS: emulator.caFile,
		AZURE_AUTHORITY_HOST: emulator.authorityHost,
		AZURE_TENANT_ID: emulator.tenants.contoso.id,
		AZURE_CLIENT_ID: emulator.apps.api.clientId,
		AZURE_CLIENT_SECRET: emulator.apps.api.secrets[0],
		STOCK_URL: emulator.demoApiUrl,
		REDIS_URL: redis.url,
		// This machine does all at once, so Redis may be slow to answer.
		REDIS_TIMEOUT: "5000",
		TOKEN_KEY: randomBytes(32).toString("base64"),
	};
	const one = await startProcess(environment);
	const other = await startProcess(environment);
	const tokens = await signIn(users, emulator);
	console.log(`${tokens.length} users have signed in\n`);

	const first = await measure("first request of each user, at both", [
		...tokens.flatMap((token) => [call(one, token), call(other, token)]),
	]);
	assert.equal(first, users.length, "each user's token is asked for once");

	const next = await measure(
		"their next ones",
		Array.from({ length: Number(values.requests) }, () => tokens)
			.flat()
			.map((token, turn) => call(turn % 2 === 0 ? one : other, token)),
	);
	assert.equal(next, 0);

	const fresh = await startProcess(environment);
	const found = await measure(
		"at a process that was started just now",
		tokens.map((token) => call(fresh, token)),
	);
	assert.equal(found, 0, "it finds in Redis what the others asked for");
} finally {
	for (const each of processes) each.kill();
	await emulator.close();
	await redis.close();
}

async function startProcess(env) {
	const child = fork(SERVICE, { env });
	processes.push(child);
	const [{ port }] = await Promise.race([
		once(child, "message"),
		once(child, "exit").then(() => {
			throw new Error("a process of the service ended as it started");
		}),
	]);
	return port;
}

function call(port, userToken) {
	return { port, userToken };
}

/** Sends the calls, prints how that went, and resolves to how many tokens were asked for. */
async function measure(title, calls) {
	let asked = 0;
	// The emulator remembers the last ten thousand requests.
	async function count() {
		const requests = await emulator.requests();
		asked += requests.filter(({ path }) => path.endsWith("/token")).length;
		await emulator.clearRequests();
	}
	await emulator.clearRequests();
	const { perSecond, p50, p99, failures } = await load(calls, count);
	console.log(
		`${title}: ${calls.length} requests, ${Math.round(perSecond)} a second, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${asked} tokens asked for`,
	);
	assert.deepEqual(failures, []);
	return asked;
}
