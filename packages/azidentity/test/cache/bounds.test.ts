import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { test } from "vitest";
import {
	TokenCache,
	type TokenCacheOptions,
} from "../../src/cache/token-cache.ts";
import type { Held } from "../../src/token.ts";
import { scriptedSource, settled } from "./scripted-source.ts";

/** A cache whose source always grants, and counts. Owners are told apart by tenant. */
function boundedCache(limits: TokenCacheOptions) {
	const clock = manualClock();
	const cache = new TokenCache({ now: clock.now, ...limits });
	let requests = 0;
	/** What the cache passed to the source, request by request. */
	const passed: Held[] = [];
	async function ask(
		tenantId: string,
		scopes = "api://a/.default",
		lifetime = hours(1),
		{ refreshToken }: Held = {},
	) {
		const owner = { clientId: "c", environment: "e", tenantId };
		const normalise = () => [scopes];
		const before = requests;
		await cache
			.partition(owner, false)
			.get({ scopes, written: scopes, normalise }, async (_, held) => {
				requests += 1;
				passed.push(held);
				return {
					token: {
						token: "x".repeat(1_500),
						expiresOnTimestamp: clock.now() + lifetime,
					},
					scope: scopes,
					...(refreshToken !== undefined && { refreshToken }),
				};
			});
		return requests > before ? "request" : "hit";
	}
	return { ask, clock, held: passed };
}

test("beyond the limit of partitions, the least recently acquired owner is asked for again", async () => {
	const { ask } = boundedCache({ maxPartitions: 3 });
	for (const tenant of ["1", "2", "3"]) await ask(tenant);
	assert.equal(await ask("1"), "hit");
	assert.equal(await ask("4"), "request");
	for (const tenant of ["2", "3", "4"]) assert.equal(await ask(tenant), "hit");
	assert.equal(await ask("1"), "request");
});

test("beyond the limit of bytes, the least recently acquired token is asked for again", async () => {
	const { ask } = boundedCache({ maxBytes: 7_000 });
	for (const scope of ["a", "b", "c"]) await ask("1", scope);
	assert.equal(await ask("1", "d"), "request");
	for (const scope of ["b", "c", "d"])
		assert.equal(await ask("1", scope), "hit");
	assert.equal(await ask("1", "a"), "request");
});

test("what has expired goes first, however recently it was acquired", async () => {
	const { ask, clock } = boundedCache({ maxPartitions: 3 });
	await ask("old");
	await ask("short", "a", minutes(20));
	await ask("new");
	clock.advance(minutes(20));
	assert.equal(await ask("newest"), "request");
	for (const tenant of ["old", "new", "newest"])
		assert.equal(await ask(tenant), "hit");
});

test("tokens go before refresh tokens: a person is not asked again while there is room for that", async () => {
	const { ask, clock, held } = boundedCache({ maxBytes: 6_000 });
	await ask("user", "a", minutes(20), { refreshToken: "r".repeat(1_000) });
	clock.advance(minutes(20));
	for (const scope of ["b", "c", "d"]) await ask("app", scope);
	assert.equal(await ask("user", "a"), "request");
	assert.deepEqual(held.at(-1), { refreshToken: "r".repeat(1_000) });
});

test("a cache with room for nothing still answers", async () => {
	const { ask } = boundedCache({ maxPartitions: 0, maxBytes: 0 });
	assert.equal(await ask("1"), "request");
	assert.equal(await ask("2"), "request");
	assert.equal(await ask("1"), "request");
});

test("10,000 owners fit by default, and the next one pushes out only the first", async () => {
	const { ask } = boundedCache({});
	for (let index = 0; index < 10_001; index += 1) await ask(`${index}`);
	assert.equal(await ask("10000"), "hit");
	assert.equal(await ask("1"), "hit");
	assert.equal(await ask("0"), "request");
});

test("an owner for whom callers are waiting is not let go: who joins them makes no second request", async () => {
	const clock = manualClock();
	const entra = scriptedSource(clock.now);
	const cache = new TokenCache({ now: clock.now, maxPartitions: 1 });
	const ask = (tenantId: string) =>
		cache
			.partition({ clientId: "c", environment: "e", tenantId }, false)
			.get({ scopes: "a", written: "a", normalise: () => ["a"] }, entra.source);
	const waiting = ask("1");
	void ask("2");
	const joined = ask("1");
	assert.equal(entra.requests.length, 2);
	const token = entra.requests[0]?.grant(hours(1));
	assert.equal((await waiting).token, token);
	assert.equal((await joined).token, token);
});

test("the late answer for an owner who was let go pushes nobody out", async () => {
	const clock = manualClock();
	const cache = new TokenCache({ now: clock.now, maxPartitions: 1 });
	let answer: () => void = () => {};
	let requests = 0;
	const ask = (tenantId: string, abortSignal?: AbortSignal) =>
		cache
			.partition({ clientId: "c", environment: "e", tenantId }, false)
			.get(
				{ scopes: "a", written: "a", normalise: () => ["a"], abortSignal },
				() => {
					requests += 1;
					const token = {
						token: "t",
						expiresOnTimestamp: clock.now() + hours(1),
					};
					// A source that does not listen to its signal.
					return new Promise((resolve) => {
						answer = () => resolve({ token, scope: "a" });
					});
				},
			);
	const leaving = new AbortController();
	const left = ask("gone", leaving.signal);
	leaving.abort();
	await assert.rejects(left, { name: "AbortError" });
	const answerTheLate = answer;
	const staying = ask("here");
	answer();
	await staying;
	answerTheLate();
	await settled();
	await ask("here");
	assert.equal(requests, 2);
});

test.each([-1, Number.NaN, "many" as unknown as number])(
	"a limit of %s is refused: it would be none",
	(limit) => {
		assert.throws(() => new TokenCache({ maxBytes: limit }), /maxBytes/);
		assert.throws(
			() => new TokenCache({ maxPartitions: limit }),
			/maxPartitions/,
		);
	},
);
