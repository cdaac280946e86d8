import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { beforeAll, test } from "vitest";
import type { CacheChange } from "../../src/cache/changes.ts";
import { memoryPlace } from "../../src/cache/memory-store.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import { assertShowsNone, printed } from "../credentials/planted-secrets.ts";
import { APP, PERSON, processOn } from "./processes.ts";
import { scriptedSource, settled } from "./scripted-source.ts";

beforeAll(() => import("../../src/cache/ask-store-first.ts"));

const CLAIMS = { claims: '{"access_token":{}}' };

/** What a listener heard, in short. */
function heard(cache: TokenCache) {
	const changes: CacheChange[] = [];
	const stop = cache.onChange((change) => changes.push(change));
	return {
		stop,
		changes,
		async short() {
			await settled();
			return changes
				.splice(0)
				.map(({ reason, token, what }) =>
					[what, token.scopes.join("+"), reason].filter(Boolean).join(" "),
				);
		},
	};
}

test("a listener hears of what is added, replaced, cleared, and revoked by others", async () => {
	const place = memoryPlace();
	const [one, other] = [processOn(place), processOn(place)];
	const listener = heard(one.cache);
	await one.get("vault");
	await one.get("vault");
	assert.deepEqual(await listener.short(), ["added vault"]);
	await one.get("vault", CLAIMS);
	assert.deepEqual(await listener.short(), ["replaced vault"]);
	await one.cache.clear({ scopes: "vault" });
	assert.deepEqual(await listener.short(), ["removed vault cleared"]);
	await one.get("vault");
	await other.get("vault", CLAIMS);
	assert.deepEqual(await listener.short(), [
		"added vault",
		"invalidated vault",
	]);
	listener.stop();
	await one.get("mail");
	assert.deepEqual(await listener.short(), []);
});

test("a change says whose the token is, what it is for and until when, and never what it is", async () => {
	const process = processOn(undefined, manualClock().now);
	const listener = heard(process.cache);
	const token = await process.get("vault", { owner: PERSON, cae: true });
	await settled();
	const [change] = listener.changes;
	assert.ok(change);
	const { cachedAt, expiresOn, ...rest } = change.token;
	assert.equal(Number(expiresOn) - Number(cachedAt), hours(1));
	assert.deepEqual(rest, {
		kind: "accessToken",
		where: "memory",
		clientId: "app",
		environment: "login.windows.net",
		tenantId: "tenant",
		account: { homeAccountId: "uid.utid", username: "uid.utid@example.com" },
		isOnBehalfOf: false,
		isCae: true,
		scopes: ["vault"],
	});
	assertShowsNone([token, "refresh "], printed(listener.changes));
});

test("what makes room, and what has expired, is told with the reason", async () => {
	const clock = manualClock();
	const entra = scriptedSource(clock.now);
	const cache = new TokenCache({ now: clock.now, maxBytes: 1_400 });
	const listener = heard(cache);
	const get = async (scope: string) => {
		const answer = cache
			.partition(APP, false)
			.get(
				{ scopes: scope, written: scope, normalise: () => [scope] },
				entra.source,
			);
		entra.last.grant(hours(1));
		await answer;
	};
	for (const scope of ["one", "two", "three"]) await get(scope);
	assert.deepEqual(await listener.short(), [
		"added one",
		"added two",
		"added three",
		"removed one evicted",
	]);
	clock.advance(hours(1) + minutes(1));
	await get("four");
	assert.deepEqual((await listener.short()).sort(), [
		"added four",
		"removed three expired",
		"removed two expired",
	]);
});

test("what a listener throws, at once or later, harms neither callers nor other listeners", async () => {
	const process = processOn(undefined);
	const unhandled: unknown[] = [];
	const note = (reason: unknown) => unhandled.push(reason);
	globalThis.process.on("unhandledRejection", note);
	try {
		process.cache.onChange(() => {
			throw new Error("at once");
		});
		process.cache.onChange((async () => {
			throw new Error("later");
		}) as () => void);
		const listener = heard(process.cache);
		assert.equal(await process.get("vault"), await process.get("vault"));
		assert.deepEqual(await listener.short(), ["added vault"]);
		assert.deepEqual(unhandled, []);
	} finally {
		globalThis.process.off("unhandledRejection", note);
	}
});

test("a listener may use the cache, and clear it", async () => {
	const process = processOn(undefined);
	let cleared: Promise<void> | undefined;
	process.cache.onChange(({ what }) => {
		if (what === "added") cleared ??= process.cache.clear();
	});
	const token = await process.get("vault");
	await settled();
	await cleared;
	assert.notEqual(await process.get("vault"), token);
});

test("what is no function is refused", () => {
	for (const listener of [undefined, null, {}, "x"])
		assert.throws(
			() => new TokenCache().onChange(listener as never),
			/TypeError.*takes a function/,
		);
});
