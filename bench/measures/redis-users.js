// What a user costs who lies in Redis among so many: `redis-users.js USERS`, the address as JSON on stdin. In µs:
//   touch   the first token of a user in a process
//   trip    the same document read by the client alone
//   hit     their next token
//   bare    the same in a process without Redis
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { OnBehalfOfCredential, TokenCache } from "azidentity";
import { redisStore } from "azidentity/redis";
import { createClient } from "redis";
import { CLIENT, print, scope, serviceAtOnce, TENANT } from "./given.js";

/** So many are touched. */
const SAMPLE = 500;
const users = Number(process.argv[2]);
const { url } = JSON.parse(await text(process.stdin));

const redis = createClient({ url });
redis.on("error", () => {});
await redis.connect();
const store = redisStore(redis, {
	keys: [{ id: "bench", key: randomBytes(32) }],
	timeout: 10_000,
});
const httpClient = serviceAtOnce();
const getToken = (user, tokenCache) =>
	new OnBehalfOfCredential({
		...{ tenantId: TENANT, clientId: CLIENT, clientSecret: "secret" },
		// A user's token of usual size.
		userAssertionToken: String(user).padStart(1_800, "x"),
		...{ httpClient, tokenCache },
	}).getToken(scope(0));

const tokens = await fill();
const sample = Array.from({ length: SAMPLE }, (_, index) =>
	Math.floor((index * users) / SAMPLE),
);
const keys = await someKeys();
// What the first ones load and compile is not counted.
await touches(sample.slice(0, 100));
print({ ...(await touches(sample)), ...(await hits()) });
process.exit();

/** All users' documents, by a process that then forgets them; the tokens of the first and the last of them. */
async function fill() {
	const filling = new TokenCache({ store });
	const waiting = Array.from({ length: users }, (_, user) => user);
	while (waiting.length > 0)
		await Promise.all(
			waiting.splice(0, 200).map((user) => getToken(user, filling)),
		);
	return new Map(
		await Promise.all(
			[0, users - 1].map(async (user) => [
				user,
				(await getToken(user, filling)).token,
			]),
		),
	);
}

/** Keys of documents, for the round trip. */
async function someKeys() {
	const found = [];
	for await (const page of redis.scanIterator({
		MATCH: "azidentity:*",
		COUNT: SAMPLE,
	})) {
		found.push(...page.filter((key) => !key.includes("lease")));
		if (found.length >= SAMPLE) break;
	}
	return found;
}

/** In turns, so that what disturbs one disturbs the other. */
async function touches(chosen) {
	const touch = [];
	const trip = [];
	for (const [turn, user] of chosen.entries()) {
		const tokenCache = new TokenCache({ store });
		const start = performance.now();
		const { token } = await getToken(user, tokenCache);
		touch.push(performance.now() - start);
		if (tokens.has(user) && tokens.get(user) !== token)
			throw new Error("a user's token was asked for again");
		const begin = performance.now();
		await redis.get(keys[turn % keys.length]);
		trip.push(performance.now() - begin);
	}
	return { touch: median(touch) * 1_000, trip: median(trip) * 1_000 };
}

/** The best of ten runs over the sample, with Redis and without in turns, in a process that knows them. */
async function hits() {
	const caches = {
		hit: new TokenCache({ store }),
		bare: new TokenCache(),
	};
	const best = { hit: Infinity, bare: Infinity };
	// The first run is the one in which they become known.
	for (let run = 0; run <= 10; run += 1)
		for (const [name, tokenCache] of Object.entries(caches)) {
			const start = performance.now();
			for (const user of sample) await getToken(user, tokenCache);
			const us = ((performance.now() - start) / sample.length) * 1_000;
			best[name] = Math.min(best[name], us);
		}
	return best;
}

function median(times) {
	return times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
}
