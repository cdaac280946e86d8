import assert from "node:assert/strict";
import { createServer as createTcpServer, type Socket } from "node:net";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import { assertShowsNone, printed } from "../credentials/planted-secrets.ts";
import { azureHost, environment, failureOf, VAULT } from "./azure-host.ts";
import { serviceFabric } from "./cluster.ts";

const fabric = serviceFabric();

describe("What Service Fabric answers", () => {
	test.each([
		"SecretHeaderNotFound",
		"ManagedIdentityNotFound",
		"ArgumentNullOrEmpty",
	])(
		"%s is in the error by its own name, and 404 is not asked again",
		async (code) => {
			const host = await fabric.host();
			host.answers({
				status: 404,
				body: { error: { code, message: "Its words", correlationId: "c" } },
			});
			const error = await failureOf(host.credential().getToken(VAULT));
			assert.ok(error instanceof AuthenticationError);
			assert.equal(error.errorResponse.error, code);
			assert.equal(error.errorResponse.correlationId, "c");
			assert.match(error.message, /Service Fabric.*Its words/);
			assert.equal(host.seen.length, 1);
		},
	);

	test("the secret that it quotes is cut out", async () => {
		const host = await fabric.host();
		const secret = "planted~secret+of/the=node";
		environment({ IDENTITY_HEADER: secret });
		const error = { code: secret, message: `no such secret: ${secret}` };
		host.answers({ status: 400, body: { error } });
		const failure = await failureOf(host.credential().getToken(VAULT));
		assert.equal(host.seen[0]?.headers.secret, secret);
		assert.match(failure.message, /no such secret/);
		assertShowsNone(["planted"], printed(failure));
	});

	test("a redirect is not followed", async () => {
		const host = await fabric.host();
		host.answers({ status: 307, headers: { location: "/elsewhere" } });
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "unexpected_redirect");
		assert.equal(host.seen.length, 1);
	});

	test("a busy node is asked again", async () => {
		const host = await fabric.host();
		host.answers({ status: 503 }, { status: 429 });
		assert.ok(await host.credential().getToken(VAULT));
		assert.equal(host.seen.length, 3);
	});

	test("a body that trickles on has five seconds in all", async () => {
		const host = await fabric.host();
		host.answers((response) => response.write("{"));
		const retryOptions = { maxRetries: 0 };
		const pending = failureOf(
			host.credential({ retryOptions }).getToken(VAULT),
		);
		await host.asked(1);
		const [limit] = host.limits;
		assert.equal(limit?.milliseconds, 5_000);
		limit?.expire();
		assert.match((await pending).message, /did not answer in time/);
	});

	test("so has a handshake that never comes to its end", async () => {
		const sockets: Socket[] = [];
		const server = createTcpServer((socket) => sockets.push(socket));
		await new Promise<void>((resolve) =>
			server.listen(0, "127.0.0.1", resolve),
		);
		const address = server.address();
		assert.ok(address !== null && typeof address === "object");
		fabric.announce(`https://127.0.0.1:${address.port}`);
		const host = await azureHost();
		const retryOptions = { maxRetries: 0 };
		const pending = failureOf(
			host.credential({ retryOptions }).getToken(VAULT),
		);
		while (sockets.length === 0)
			await new Promise((resolve) => setImmediate(resolve));
		host.limits[0]?.expire();
		assert.match((await pending).message, /did not answer in time/);
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	});
});

describe("A claims challenge says which token was refused", () => {
	const HASH =
		"cc0af97287543b65da2c7e1476426021826cab166f1e063ed012b855ff819656";
	const claims = '{"access_token":{"nbf":{"essential":true}}}';

	test("by the SHA-256 of the one that is remembered", async () => {
		const host = await fabric.host();
		host.answers(host.token({ access_token: "test_token" }));
		const credential = host.credential();
		await credential.getToken(VAULT);
		await credential.getToken(VAULT, { claims });
		assert.equal(host.seen[0]?.query.token_sha256_to_refresh, undefined);
		assert.equal(host.seen[1]?.query.token_sha256_to_refresh, HASH);
		assert.equal(host.seen[1]?.query.claims, undefined);
	});

	test("and says nothing when none is", async () => {
		const host = await fabric.host();
		await host.credential().getToken(VAULT, { claims });
		assert.equal(host.seen[0]?.query.token_sha256_to_refresh, undefined);
	});

	test("a client that can handle challenges says so", async () => {
		const host = await fabric.host();
		const credential = host.credential();
		await credential.getToken(VAULT, { enableCae: true });
		assert.equal(host.seen[0]?.query.xms_cc, "cp1");
		await credential.getToken(VAULT, { enableCae: true, claims });
		assert.match(`${host.seen[1]?.query.token_sha256_to_refresh}`, /^\w{64}$/);
		await credential.getToken(VAULT);
		assert.equal(host.seen[2]?.query.xms_cc, undefined);
	});
});
