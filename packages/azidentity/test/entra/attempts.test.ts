import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { entraClient } from "../../src/entra/entra-client.ts";
import { AuthenticationError } from "../../src/errors.ts";
import {
	failureOf,
	GRANTED,
	ScriptedService,
	tokenRequest,
} from "./scripted-service.ts";

describe("an attempt", () => {
	test("that takes too long is given up, and counts as a transient failure", async () => {
		const service = new ScriptedService({ hangs: true }, { body: GRANTED });
		const asked = service.requestToken({ timeout: 1_234 });
		await service.limitSet();
		service.limits[0]?.expire();
		const grant = await asked;
		assert.equal(grant.token.token, "the-token");
		assert.deepEqual(
			service.limits.map(({ milliseconds }) => milliseconds),
			[1_234, 1_234],
		);
	});

	test("has a limit of 30 seconds when the caller names none", async () => {
		for (const timeout of [undefined, 0]) {
			const service = new ScriptedService({ hangs: true });
			const asked = service.requestToken(
				timeout === undefined ? {} : { timeout },
				{ retryOptions: { maxRetries: 0 } },
			);
			await service.limitSet();
			assert.equal(service.limits[0]?.milliseconds, 30_000);
			service.limits[0]?.expire();
			const failure = await failureOf(asked);
			assert.ok(failure instanceof AuthenticationError);
			assert.equal(failure.errorResponse.error, "timeout");
			assert.equal(failure.isOutage, true);
			assert.equal(failure.statusCode, 0);
		}
	});
});

describe("a caller who leaves", () => {
	test("is answered at once, before anything is sent, when the signal has fired already", async () => {
		const service = new ScriptedService();
		const failure = await failureOf(
			service.requestToken({ abortSignal: AbortSignal.abort() }),
		);
		assert.equal(failure.name, "AbortError");
		assert.equal(service.seen.length, 0);
	});

	test("is answered at once while the service is silent, even if the HTTP client does not listen", async () => {
		const service = new ScriptedService({ hangs: true });
		const controller = new AbortController();
		const asked = service.requestToken({ abortSignal: controller.signal });
		await service.limitSet();
		controller.abort();
		assert.equal((await failureOf(asked)).name, "AbortError");
		assert.equal(service.seen.length, 1);
	});

	test("is answered at once during a wait between attempts, and there is no other attempt", async () => {
		const service = new ScriptedService({ status: 503 });
		const controller = new AbortController();
		const asked = service.requestToken(
			{ abortSignal: controller.signal },
			{
				setTimeout: (_, milliseconds) => {
					if (milliseconds !== 30_000) queueMicrotask(() => controller.abort());
				},
			},
		);
		assert.equal((await failureOf(asked)).name, "AbortError");
		assert.equal(service.seen.length, 1);
	});

	test("is answered at once while a proof is being made", async () => {
		const controller = new AbortController();
		const client = entraClient("C", "id", new ScriptedService().options());
		const asked = client.requestToken(
			tokenRequest({ abortSignal: controller.signal }),
			{ grant_type: "client_credentials" },
			() => {
				controller.abort();
				return new Promise(() => {});
			},
		);
		assert.equal((await failureOf(asked)).name, "AbortError");
	});
});
