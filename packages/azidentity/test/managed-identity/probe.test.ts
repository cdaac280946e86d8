import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { hours } from "@azidentity/testkit";
import {
	AuthenticationError,
	CredentialUnavailableError,
	TokenCache,
} from "azidentity";
import { describe, test } from "vitest";
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

/** The credential as the default chain makes it. */
const chained = (host: AzureHost, options = {}) =>
	host.credential({ sendProbeRequest: true, ...options });

const ALIVE = { status: 400, body: { error: "invalid_request" } };

/** Where connections are taken and never answered. */
async function silentPlace() {
	const sockets: Socket[] = [];
	const server = createServer((socket) => sockets.push(socket));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	assert.ok(address !== null && typeof address === "object");
	return {
		url: `http://127.0.0.1:${address.port}`,
		sockets,
		close() {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	};
}

describe("In a chain, IMDS is asked for a sign of life first", () => {
	test("without the header that it insists on, without a query, once; then for the token", async () => {
		const host = await imdsHost();
		host.answers(ALIVE);
		await chained(host).getToken(VAULT);
		const [probe, request] = host.seen;
		assert.equal(host.seen.length, 2);
		assert.equal(probe?.method, "GET");
		assert.equal(probe?.path, "/metadata/identity/oauth2/token");
		assert.equal(probe?.search, "");
		assert.equal(probe?.headers.metadata, undefined);
		assert.equal(probe?.headers.accept, "application/json");
		assert.equal(request?.headers.metadata, "true");
		const limits = host.limits.map(({ milliseconds }) => milliseconds);
		assert.deepEqual(limits, [1_000, 60_000]);
	});

	test.each([
		["status 500", { status: 500, body: "<h1>no</h1>" }],
		["the text of Container Instances", { status: 400, body: "bad request" }],
		["status 403 that says nothing of a network", { status: 403, body: "no" }],
		["a redirect", { status: 302, headers: { location: "/" } }],
	])("any answer is one: %s", async (_, answer) => {
		const host = await imdsHost();
		host.answers(answer);
		assert.ok(await chained(host).getToken(VAULT));
		assert.equal(host.seen.length, 2);
		assert.deepEqual(host.waits, []);
	});

	test("and never again once there was one", async () => {
		const host = await imdsHost();
		host.answers(ALIVE);
		const credential = chained(host);
		await credential.getToken(VAULT);
		host.clock.advance(hours(2));
		await credential.getToken(VAULT);
		await credential.getToken(STORAGE);
		assert.equal(host.seen.length, 4);
	});

	test("once for all the callers of the moment, whatever they want", async () => {
		const host = await imdsHost();
		host.answers(ALIVE);
		const credential = chained(host);
		await Promise.all(
			[VAULT, STORAGE, VAULT, "api://x"].map((scope) =>
				credential.getToken(scope),
			),
		);
		const probes = host.seen.filter(({ headers }) => !headers.metadata);
		assert.equal(probes.length, 1);
		assert.equal(host.seen.length, 4);
	});

	test("not while a token that is remembered serves the call", async () => {
		const host = await imdsHost();
		const tokenCache = new TokenCache({ now: host.clock.now });
		await host.credential({ tokenCache }).getToken(VAULT);
		await chained(host, { tokenCache }).getToken(VAULT);
		assert.equal(host.seen.length, 1);
	});

	test.each(["App Service", "Azure Arc", "Cloud Shell"])(
		"and no other host is: %s",
		async (name) => {
			const host = await azureHost();
			environment(variablesAt(host.url)[name] ?? {});
			await chained(host).getToken(VAULT);
			assert.equal(host.seen.length, 1);
		},
	);

	test("outside of a chain it is not", async () => {
		const host = await imdsHost();
		await host.credential().getToken(VAULT);
		assert.equal(host.seen.length, 1);
	});
});

describe("When there is none, the credential is unavailable", () => {
	test("after a second, for each call anew, until there is one; then tokens may take their time", async () => {
		const place = await silentPlace();
		try {
			const host = await azureHost();
			environment({ AZURE_POD_IDENTITY_AUTHORITY_HOST: place.url });
			const credential = chained(host);
			for (const attempt of [1, 2]) {
				const pending = failureOf(credential.getToken(VAULT));
				while (place.sockets.length < attempt)
					await new Promise((resolve) => setImmediate(resolve));
				assert.equal(host.limits.at(-1)?.milliseconds, 1_000);
				host.limits.at(-1)?.expire();
				const error = await pending;
				assert.ok(error instanceof CredentialUnavailableError);
				assert.match(
					error.message,
					/did not answer in time.*another credential/,
				);
			}
			assert.deepEqual(host.waits, []);
		} finally {
			place.close();
		}
	});

	test("that is remembered neither", async () => {
		const host = await imdsHost();
		host.answers((response) => response.destroy(), ALIVE);
		const credential = chained(host);
		const error = await failureOf(credential.getToken(VAULT));
		assert.ok(error instanceof CredentialUnavailableError);
		assert.ok(await credential.getToken(VAULT));
		assert.equal(host.limits.at(-1)?.milliseconds, 60_000);
	});

	test("at once when the connection is refused", async () => {
		const host = await imdsHost();
		await host.close();
		const error = await failureOf(chained(host).getToken(VAULT));
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /ECONNREFUSED/);
	});

	test.each(["host", "network"])(
		"when Docker Desktop says that the %s is unreachable, each time",
		async (what) => {
			const host = await imdsHost();
			const body = `A socket operation was attempted to an unreachable ${what}.`;
			host.answers({ status: 403, body }, { status: 403, body }, ALIVE);
			const credential = chained(host);
			for (const _ of [1, 2]) {
				const error = await failureOf(credential.getToken(VAULT));
				assert.ok(error instanceof CredentialUnavailableError);
			}
			assert.ok(await credential.getToken(VAULT));
		},
	);

	test("a call that allows less than the second gets less", async () => {
		const host = await imdsHost();
		host.answers(ALIVE);
		const requestOptions = { timeout: 500 };
		const limits: number[] = [];
		const setTimeout = (_: () => void, milliseconds: number) =>
			limits.push(milliseconds);
		await chained(host, { setTimeout }).getToken(VAULT, { requestOptions });
		assert.deepEqual(limits, [500, 500]);
	});

	test("a call that allows more does not get it", async () => {
		const host = await imdsHost();
		host.answers(ALIVE);
		const requestOptions = { timeout: 1_234 };
		await chained(host).getToken(VAULT, { requestOptions });
		const limits = host.limits.map(({ milliseconds }) => milliseconds);
		assert.deepEqual(limits, [1_000, 1_234]);
	});

	test("a caller who leaves meanwhile gets an AbortError", async () => {
		const host = await imdsHost();
		const leaving = new AbortController();
		host.answers(() => leaving.abort());
		const abortSignal = leaving.signal;
		const error = await failureOf(
			chained(host).getToken(VAULT, { abortSignal }),
		);
		assert.equal(error.name, "AbortError");
	});
});

test("after a sign of life, an identity that is not assigned is a refusal, and stops the chain", async () => {
	const host = await imdsHost();
	const refused = { error: "invalid_request", error_description: "not found" };
	host.answers(ALIVE, { status: 400, body: refused });
	const credential = chained(host, { clientId: CLIENT_ID });
	const error = await failureOf(credential.getToken(VAULT));
	assert.ok(error instanceof AuthenticationError);
	assert.equal(error.isUnavailable, undefined);
});
