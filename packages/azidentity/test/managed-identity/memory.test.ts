import assert from "node:assert/strict";
import { hours, minutes, seconds } from "@azidentity/testkit";
import { AuthenticationError, TokenCache } from "azidentity";
import { describe, test } from "vitest";
import { memoryStore } from "../../src/cache/memory-store.ts";
import {
	type AzureHost,
	azureHost,
	CLIENT_ID,
	environment,
	failureOf,
	imdsHost,
	managedIdentityTests,
	STORAGE,
	VAULT,
	variablesAt,
} from "./azure-host.ts";

managedIdentityTests();

/** Lets what goes on behind the callers' backs come to its end. */
async function quiet(host: AzureHost, requests: number): Promise<void> {
	await host.asked(requests);
	for (let turn = 0; turn < 20; turn += 1)
		await new Promise((resolve) => setTimeout(resolve, 1));
}

describe("A token is remembered", () => {
	test.each([
		"IMDS",
		"App Service",
		"Azure Machine Learning",
		"Cloud Shell",
		"Azure Arc",
	])("on %s, however the answer spells the resource", async (name) => {
		const host = await azureHost();
		environment(variablesAt(host.url)[name] ?? {});
		host.answers(host.token({ resource: "https://vault.azure.net/" }));
		const credential = host.credential();
		const first = await credential.getToken(VAULT);
		assert.equal(await credential.getToken([VAULT]), first);
		assert.notEqual((await credential.getToken(STORAGE)).token, first.token);
		assert.equal(host.seen.length, 2);
	});

	test("for each identity on its own, on one shared cache", async () => {
		const host = await imdsHost();
		const tokenCache = new TokenCache({ now: host.clock.now });
		const options = [
			{},
			{ clientId: CLIENT_ID },
			{ objectId: CLIENT_ID },
			{ resourceId: CLIENT_ID },
			{ clientId: "another" },
		];
		for (const each of [...options, ...options])
			await host.credential({ tokenCache, ...each }).getToken(VAULT);
		assert.equal(host.seen.length, options.length);
	});

	test("by each credential on its own, when no cache is shared", async () => {
		const host = await imdsHost();
		await host.credential().getToken(VAULT);
		await host.credential().getToken(VAULT);
		assert.equal(host.seen.length, 2);
	});

	test("for all tenants alike: an identity has one", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		const first = await credential.getToken(VAULT, { tenantId: "a/b c" });
		assert.equal(await credential.getToken(VAULT, { tenantId: "d" }), first);
		assert.equal(await credential.getToken(VAULT), first);
	});

	test("in memory only, even when the cache that is shared has a store", async () => {
		const host = await imdsHost();
		let touched = 0;
		const store = new Proxy(memoryStore(), {
			get: () => {
				touched += 1;
			},
		});
		const tokenCache = new TokenCache({ now: host.clock.now, store });
		const persistence: object = {
			tokenCachePersistenceOptions: { enabled: true, directory: "/nowhere" },
		};
		await host.credential({ tokenCache }).getToken(VAULT);
		await host.credential(persistence).getToken(VAULT);
		assert.equal(touched, 0);
	});

	test("until five minutes before its end", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		const first = await credential.getToken(VAULT);
		host.clock.advance(minutes(55) - 1);
		assert.equal(await credential.getToken(VAULT), first);
		host.clock.advance(1);
		assert.notEqual((await credential.getToken(VAULT)).token, first.token);
	});
});

describe("Callers share a request", () => {
	test("a hundred first calls make one", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		const calls = Array.from({ length: 100 }, () => credential.getToken(VAULT));
		assert.equal(new Set(await Promise.all(calls)).size, 1);
		assert.equal(host.seen.length, 1);
	});

	test("one who leaves does so alone", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		const leaving = new AbortController();
		const calls = [
			credential.getToken(VAULT, { abortSignal: leaving.signal }),
			credential.getToken(VAULT),
		];
		leaving.abort();
		const [left, stayed] = await Promise.allSettled(calls);
		assert.equal(left?.status === "rejected" && left.reason.name, "AbortError");
		assert.equal(stayed?.status, "fulfilled");
		assert.equal(host.seen.length, 1);
	});

	test("a failure is not remembered", async () => {
		const host = await imdsHost();
		const credential = host.credential({ clientId: CLIENT_ID });
		host.answers({ status: 400, body: { error: "no" } });
		await failureOf(credential.getToken(VAULT));
		assert.ok(await credential.getToken(VAULT));
	});
});

describe("A long life is renewed at its half, behind the callers' backs", () => {
	test("7,200 seconds are not long; 7,201 are", async () => {
		const host = await imdsHost();
		const lifeOf = async (lifetime: number) => {
			host.answers(host.token({}, lifetime));
			return host.credential().getToken(VAULT);
		};
		assert.equal((await lifeOf(7_200)).refreshAfterTimestamp, undefined);
		assert.equal(
			(await lifeOf(7_201)).refreshAfterTimestamp,
			host.clock.now() + 3_600_500,
		);
	});

	test("everybody gets the token that is there at once, and one request brings the next", async () => {
		const host = await imdsHost();
		host.answers(host.token({}, 86_400));
		const credential = host.credential();
		const first = await credential.getToken(VAULT);
		host.clock.advance(hours(12) - 1);
		assert.equal(await credential.getToken(VAULT), first);
		assert.equal(host.seen.length, 1);
		host.clock.advance(1);
		const calls = Array.from({ length: 50 }, () => credential.getToken(VAULT));
		assert.deepEqual(new Set(await Promise.all(calls)), new Set([first]));
		await quiet(host, 2);
		assert.notEqual((await credential.getToken(VAULT)).token, first.token);
		assert.equal(host.seen.length, 2);
	});

	test("the host's refresh_in comes first, for a short life and for a long one", async () => {
		const host = await imdsHost();
		for (const lifetime of [3_600, 86_400]) {
			host.answers(host.token({ refresh_in: "600" }, lifetime));
			const token = await host.credential().getToken(VAULT);
			assert.equal(token.refreshAfterTimestamp, host.clock.now() + 600_000);
		}
	});

	test("a refresh_in that makes no sense does not count", async () => {
		const host = await imdsHost();
		for (const refresh_in of [0, -1, "soon", 3_600, null]) {
			host.answers(host.token({ refresh_in }));
			const token = await host.credential().getToken(VAULT);
			assert.equal(token.refreshAfterTimestamp, undefined, `${refresh_in}`);
		}
	});
});

describe("Nothing fails while a token lives", () => {
	const ways: [string, (host: AzureHost) => unknown][] = [
		["refuses", (host) => host.answers({ status: 400, body: { error: "no" } })],
		["answers nonsense", (host) => host.answers({ body: "<h1>no</h1>" })],
		["gives a token past its end", (host) => host.answers(host.token({}, -5))],
		["is not there any more", (host) => host.close()],
	];
	test.each(ways)(
		"when IMDS %s at the refresh, which is tried again after 30 seconds",
		async (_, spoil) => {
			const host = await imdsHost();
			host.answers(host.token({}, 86_400));
			const credential = host.credential({ retryOptions: { maxRetries: 0 } });
			const first = await credential.getToken(VAULT);
			host.clock.advance(hours(13));
			await spoil(host);
			assert.equal(await credential.getToken(VAULT), first);
			await quiet(host, 1);
			const asked = host.seen.length;
			for (let call = 0; call < 10; call += 1)
				assert.equal(await credential.getToken(VAULT), first);
			host.clock.advance(seconds(29));
			assert.equal(await credential.getToken(VAULT), first);
			await quiet(host, asked);
			assert.equal(host.seen.length, asked);
			host.clock.advance(seconds(2));
			assert.equal(await credential.getToken(VAULT), first);
			if (asked === 1) return; // nobody is there to be asked
			await quiet(host, 3);
			assert.notEqual(await credential.getToken(VAULT), first);
		},
	);

	test("in its last five minutes the token serves while IMDS is gone; after its end the error is told", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		const first = await credential.getToken(VAULT);
		await host.close();
		host.clock.advance(minutes(57));
		assert.equal(await credential.getToken(VAULT), first);
		host.clock.advance(minutes(10));
		const error = await failureOf(credential.getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.isOutage, true);
	});
});
