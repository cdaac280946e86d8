import assert from "node:assert/strict";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import {
	type Answer,
	azureHost,
	CLIENT_ID,
	environment,
	failureOf,
	imdsHost,
	managedIdentityTests,
	VAULT,
	variablesAt,
} from "./azure-host.ts";

managedIdentityTests();

const answersOf = (status: number, count = 20): Answer[] =>
	Array.from({ length: count }, () => ({ status, body: { error: "busy" } }));
const sum = (waits: number[]) => waits.reduce((total, each) => total + each, 0);

/** How a host that answers with one status for ever is asked. */
async function askedForever(name: string, status: number, options = {}) {
	const host = await azureHost();
	environment(variablesAt(host.url)[name] ?? {});
	host.answers(...answersOf(status));
	const error = await failureOf(
		host.credential({ clientId: CLIENT_ID, ...options }).getToken(VAULT),
	);
	assert.ok(error instanceof AuthenticationError);
	assert.equal(error.statusCode, status);
	return host;
}

describe("IMDS is asked again", () => {
	test.each([
		404, 408, 410, 429, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
	])("six times after status %i", async (status) => {
		const { seen, waits } = await askedForever("IMDS", status);
		assert.equal(seen.length, 7);
		// Chance stands at its lowest, so this is the least that anybody waits.
		assert.deepEqual(waits, [2_000, 6_000, 14_000, 25_000, 25_000, 25_000]);
	});

	test.each([400, 401, 403, 405, 409, 411])(
		"never after status %i",
		async (status) => {
			assert.equal((await askedForever("IMDS", status)).seen.length, 1);
		},
	);

	test("for more than 70 seconds after 410, whatever chance and a short Retry-After say", async () => {
		for (const random of [() => 0, () => 0.999]) {
			const host = await askedForever("IMDS", 410, { random });
			assert.ok(sum(host.waits) > 70_000, `${host.waits}`);
		}
		const host = await imdsHost();
		const gone = { status: 410, headers: { "retry-after": "1" } };
		host.answers(...Array.from({ length: 6 }, () => gone));
		await host.credential().getToken(VAULT);
		assert.ok(sum(host.waits) > 70_000, `${host.waits}`);
	});

	test("with more patience than chance allows, never less", async () => {
		const { waits } = await askedForever("IMDS", 503, { random: () => 1 });
		assert.deepEqual(waits, [2_600, 7_800, 18_200, 32_500, 32_500, 32_500]);
	});

	test("after a connection that broke, once it has answered", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		await credential.getToken(VAULT);
		host.answers((response) => response.destroy());
		assert.ok(await credential.getToken("api://other"));
		assert.equal(host.waits.length, 1);
	});

	test("as patiently for each token, whatever became of the last", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		for (const scope of [VAULT, "api://other"]) {
			host.answers(...answersOf(503, 7));
			await failureOf(credential.getToken(scope));
		}
		assert.equal(host.seen.length, 14);
	});

	test("not after a first connection that broke: there may be no IMDS", async () => {
		const host = await imdsHost();
		host.answers((response) => response.destroy());
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.equal(error.name, "CredentialUnavailableError");
		assert.equal(host.seen.length, 1);
	});
});

describe("The other hosts are asked again", () => {
	const OTHERS = ["App Service", "Azure Machine Learning", "Azure Arc"];
	test.each(OTHERS)(
		"%s: three times after a status that passes",
		async (name) => {
			for (const status of [408, 429, 500, 502, 503, 504]) {
				const { seen, waits } = await askedForever(name, status);
				assert.equal(seen.length, 4, `${status}`);
				assert.deepEqual(waits, [640, 1_280, 2_560]);
			}
			for (const status of [400, 403, 410, 501])
				assert.equal((await askedForever(name, status)).seen.length, 1);
		},
	);

	test("App Service: three times after 404, with however much patience", async () => {
		const retryOptions = { maxRetries: 9 };
		const patient = await askedForever("App Service", 404, { retryOptions });
		assert.equal(patient.seen.length, 4);
	});

	test("Azure Arc: never after 404", async () => {
		assert.equal((await askedForever("Azure Arc", 404)).seen.length, 1);
	});

	test("after a connection that broke, the first one too", async () => {
		const host = await azureHost();
		environment(variablesAt(host.url)["App Service"] ?? {});
		host.answers((response) => response.destroy());
		assert.ok(await host.credential().getToken(VAULT));
	});
});

describe("The host's wish and the program's come first", () => {
	test.each([
		["7", 7_000],
		["60", 60_000],
		[() => new Date(1_700_000_020_000).toUTCString(), 20_000],
	] as const)("Retry-After %s", async (wish, wait) => {
		const host = await imdsHost();
		const text = typeof wish === "string" ? wish : wish();
		host.answers({ status: 429, headers: { "retry-after": text } });
		// The limit of an attempt is as long as the longest wait.
		const timeout = 1_234;
		const pending = host
			.credential()
			.getToken(VAULT, { requestOptions: { timeout } });
		if (wait !== 60_000) {
			await pending;
			return assert.deepEqual(host.waits, [wait]);
		}
		await host.asked(1);
		while (!host.limits.some(({ milliseconds }) => milliseconds === wait))
			await new Promise((resolve) => setImmediate(resolve));
		host.limits.find(({ milliseconds }) => milliseconds === wait)?.expire();
		await pending;
	});

	test("a wish beyond a minute is left to the caller", async () => {
		const host = await imdsHost();
		host.answers({ status: 429, headers: { "retry-after": "61" } });
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.retryAfter, 61_000);
		assert.match(error.message, /Try again in 61 seconds/);
		assert.deepEqual(host.waits, []);
	});

	test("retries that are switched off are off on every host", async () => {
		const retryOptions = { maxRetries: 0 };
		for (const name of ["IMDS", "App Service", "Azure Arc"])
			for (const status of [404, 410, 503]) {
				const host = await askedForever(name, status, { retryOptions });
				assert.equal(host.seen.length, 1);
			}
	});

	test("the program's own delays hold", async () => {
		const retryOptions = {
			maxRetries: 3,
			retryDelayInMs: 10,
			maxRetryDelayInMs: 50,
		};
		const { waits } = await askedForever("IMDS", 503, { retryOptions });
		assert.deepEqual(waits, [10, 30, 50]);
	});

	test.each(["IMDS", "App Service", "Cloud Shell"])(
		"retryOptions that are no numbers are refused by the constructor on %s",
		async (name) => {
			const host = await azureHost();
			environment(variablesAt(host.url)[name] ?? {});
			const retryOptions = { maxRetries: -1 };
			assert.throws(
				() => host.credential({ retryOptions }),
				/ManagedIdentityCredential.*retryOptions\.maxRetries/,
			);
		},
	);
});

describe("Time limits and callers who leave", () => {
	test("an attempt has a minute, or what the call allows", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		await credential.getToken(VAULT);
		const requestOptions = { timeout: 1_234 };
		await credential.getToken("api://other", { requestOptions });
		const limits = host.limits.map(({ milliseconds }) => milliseconds);
		assert.deepEqual(limits, [60_000, 1_234]);
	});

	test("a body that trickles is not cut as long as the limit has not passed", async () => {
		const host = await imdsHost();
		const { body } = host.token() as { body: object };
		host.answers(async (response) => {
			for (const character of JSON.stringify(body)) {
				response.write(character);
				await new Promise((resolve) => setImmediate(resolve));
			}
			response.end();
		});
		assert.equal((await host.credential().getToken(VAULT)).token, "token-1");
	});

	test("a body that never ends is, when it has", async () => {
		const host = await imdsHost();
		host.answers((response) => response.write("{"));
		const pending = failureOf(host.credential().getToken(VAULT));
		await host.asked(1);
		host.limits[0]?.expire();
		assert.match((await pending).message, /did not answer in time/);
	});

	test("an abort ends a wait between attempts at once", async () => {
		const host = await imdsHost();
		const leaving = new AbortController();
		host.answers(...answersOf(503));
		const pending = failureOf(
			host
				.credential({
					setTimeout: (_, milliseconds) =>
						milliseconds === 60_000 || leaving.abort(),
				})
				.getToken(VAULT, { abortSignal: leaving.signal }),
		);
		assert.equal((await pending).name, "AbortError");
		assert.equal(host.seen.length, 1);
	});
});
