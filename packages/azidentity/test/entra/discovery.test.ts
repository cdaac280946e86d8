import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import {
	failureOf,
	GRANTED,
	type Scripted,
	ScriptedService,
} from "./scripted-service.ts";
import {
	ask,
	clientOf,
	HOST,
	INSTANCE,
	INSTANCE_URL,
	METADATA,
	METADATA_URL,
	TOKEN_URL,
	urls,
} from "./unknown-host.ts";

describe("a host that no cloud names", () => {
	test("is first vouched for by Microsoft, then asked for its endpoints, then for the token", async () => {
		const service = new ScriptedService(
			{ body: INSTANCE },
			{ body: METADATA },
			{ body: GRANTED },
		);
		await ask(clientOf(service));
		assert.deepEqual(urls(service), [INSTANCE_URL, METADATA_URL, TOKEN_URL]);
		assert.deepEqual(
			service.seen.map(({ method }) => method),
			["GET", "GET", "POST"],
		);
		assert.deepEqual(
			service.seen.map(({ form }) => "client_secret" in form),
			[false, false, true],
		);
	});

	test("is not vouched for when that is switched off", async () => {
		const service = new ScriptedService({ body: METADATA }, { body: GRANTED });
		await ask(clientOf(service, { disableInstanceDiscovery: true }));
		assert.deepEqual(urls(service), [METADATA_URL, TOKEN_URL]);
	});

	test("is asked once per tenant and vouched for once, for the life of the client", async () => {
		const other = JSON.parse(JSON.stringify(METADATA).replaceAll("/t/", "/u/"));
		const service = new ScriptedService(
			{ body: INSTANCE },
			{ body: METADATA },
			{ body: GRANTED },
			{ body: GRANTED },
			{ body: other },
			{ body: GRANTED },
		);
		const client = clientOf(service);
		await ask(client);
		await ask(client);
		await ask(client, { tenantId: "u" });
		assert.deepEqual(urls(service).slice(3), [
			TOKEN_URL,
			METADATA_URL.replace("/t/", "/u/"),
			TOKEN_URL.replace("/t/", "/u/"),
		]);
	});

	test("is asked once by callers who come together", async () => {
		const service = new ScriptedService(
			{ body: INSTANCE },
			{ body: METADATA },
			{ body: GRANTED },
			{ body: GRANTED },
			{ body: GRANTED },
		);
		const client = clientOf(service);
		await Promise.all([ask(client), ask(client), ask(client)]);
		assert.equal(urls(service).filter((url) => url === METADATA_URL).length, 1);
	});

	test("is asked again after a failure", async () => {
		const service = new ScriptedService(
			{ status: 500 },
			{ body: METADATA },
			{ body: GRANTED },
		);
		const client = clientOf(service, {
			disableInstanceDiscovery: true,
			retryOptions: { maxRetries: 0 },
		});
		const failure = await failureOf(ask(client));
		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.isOutage, true);
		await ask(client);
		assert.equal(service.seen.length, 3);
	});

	test("goes on being asked for those who stay when one caller leaves", async () => {
		let answer = (_: Scripted): void => {};
		const metadata = new Promise<Scripted>((resolve) => {
			answer = resolve;
		});
		const service = new ScriptedService(
			{ pending: metadata },
			{ body: GRANTED },
		);
		const client = clientOf(service, { disableInstanceDiscovery: true });
		const controller = new AbortController();
		const leaving = ask(client, { abortSignal: controller.signal });
		const staying = ask(client);
		await service.limitSet();
		controller.abort();
		assert.equal((await failureOf(leaving)).name, "AbortError");
		answer({ body: METADATA });
		assert.equal((await staying).token.token, "the-token");
		assert.deepEqual(urls(service), [METADATA_URL, TOKEN_URL]);
	});

	test("is no longer asked when the last caller has left, and is asked anew by the next", async () => {
		const service = new ScriptedService(
			{ hangs: true },
			{ body: METADATA },
			{ body: GRANTED },
		);
		const client = clientOf(service, { disableInstanceDiscovery: true });
		const controller = new AbortController();
		const leaving = ask(client, { abortSignal: controller.signal });
		await service.limitSet();
		controller.abort();
		assert.equal((await failureOf(leaving)).name, "AbortError");
		assert.equal(service.signals[0]?.aborted, true);
		await ask(client);
		assert.deepEqual(urls(service), [METADATA_URL, METADATA_URL, TOKEN_URL]);
	});

	test("may move its metadata: a GET follows a redirect on the same host", async () => {
		const service = new ScriptedService(
			{ status: 302, headers: { location: "/elsewhere" } },
			{ body: METADATA },
			{ body: GRANTED },
		);
		await ask(clientOf(service, { disableInstanceDiscovery: true }));
		assert.deepEqual(urls(service), [
			METADATA_URL,
			`https://${HOST}/elsewhere`,
			TOKEN_URL,
		]);
	});
});
