import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import {
	failureOf,
	GRANTED,
	type Scripted,
	ScriptedService,
} from "./scripted-service.ts";

const reset = (code = "ECONNRESET"): Scripted => ({
	error: Object.assign(new Error("it broke"), { code }),
});

async function authenticationFailure(
	promise: Promise<unknown>,
): Promise<AuthenticationError> {
	const failure = await failureOf(promise);
	assert.ok(failure instanceof AuthenticationError);
	return failure;
}

describe("a transient failure", () => {
	for (const status of [408, 429, 500, 502, 503, 504]) {
		test(`with status ${status} is tried again, three times at most`, async () => {
			const script = Array.from({ length: 4 }, () => ({ status }));
			const service = new ScriptedService(...script);
			const failure = await authenticationFailure(service.requestToken());
			assert.equal(service.seen.length, 4);
			assert.equal(failure.statusCode, status);
			assert.equal(failure.isOutage, true);
		});
	}

	test("of the connection is tried again, too", async () => {
		const service = new ScriptedService(
			reset(),
			reset("ENOTFOUND"),
			{ error: new TypeError("fetch failed") },
			{ body: GRANTED },
		);
		const grant = await service.requestToken();
		assert.equal(grant.token.token, "the-token");
	});

	test("doubles the wait each time, with jitter, up to the longest", async () => {
		const script = Array.from({ length: 6 }, () => ({ status: 503 }));
		const service = new ScriptedService(...script);
		const retryOptions = {
			maxRetries: 5,
			retryDelayInMs: 100,
			maxRetryDelayInMs: 700,
		};
		await failureOf(service.requestToken({}, { retryOptions }));
		// Chance stands at 0.4, which makes the factor 0.8 + 0.5 × 0.4 = 1.
		assert.deepEqual(service.waits, [100, 200, 400, 700, 700]);
	});

	test("is not tried again when retries are switched off", async () => {
		const service = new ScriptedService({ status: 503 });
		await failureOf(
			service.requestToken({}, { retryOptions: { maxRetries: 0 } }),
		);
		assert.equal(service.seen.length, 1);
	});

	test("every attempt has a name of its own, and the error has the last one", async () => {
		const service = new ScriptedService(
			{ status: 503 },
			{ status: 503 },
			{ status: 503 },
			{ status: 503 },
		);
		const failure = await authenticationFailure(service.requestToken());
		const ids = service.seen.map(({ headers }) => headers["client-request-id"]);
		assert.equal(new Set(ids).size, 4);
		assert.equal(failure.errorResponse.correlationId, ids[3]);
	});

	test("the life of a token counts from the attempt that was answered", async () => {
		const service = new ScriptedService(
			{ status: 503, headers: { "Retry-After": "50" } },
			{ body: GRANTED },
		);
		const start = service.clock.now();
		const { token } = await service.requestToken();
		assert.equal(token.expiresOnTimestamp, start + 50_000 + 3_599_000);
	});
});

describe("a lasting failure", () => {
	for (const status of [400, 401, 403, 404, 501, 505]) {
		test(`with status ${status} is not tried again`, async () => {
			const service = new ScriptedService({ status });
			const failure = await authenticationFailure(service.requestToken());
			assert.equal(service.seen.length, 1);
			assert.equal(failure.isOutage, status >= 500);
		});
	}

	for (const code of [
		"DEPTH_ZERO_SELF_SIGNED_CERT",
		"CERT_HAS_EXPIRED",
		"ERR_TLS_CERT_ALTNAME_INVALID",
		"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
		"EPROTO",
	]) {
		test(`of TLS (${code}) is not tried again, and says how to trust a certificate`, async () => {
			const service = new ScriptedService(reset(code));
			const failure = await authenticationFailure(service.requestToken());
			assert.equal(service.seen.length, 1);
			assert.equal(failure.errorResponse.error, "tls_error");
			assert.match(
				failure.message,
				new RegExp(`TestCredential: .*${code}.*NODE_EXTRA_CA_CERTS`),
			);
		});
	}

	test("inside the pipeline is no outage and is not tried again", async () => {
		const service = new ScriptedService({
			error: new Error("a policy of mine is broken"),
		});
		const failure = await authenticationFailure(service.requestToken());
		assert.equal(service.seen.length, 1);
		assert.equal(failure.isOutage, false);
		assert.match(String(failure.cause), /a policy of mine is broken/);
	});
});

describe("what the service wants", () => {
	const now = new ScriptedService().clock.now();
	const inSeconds = (count: number) =>
		new Date(now + count * 1_000).toUTCString();

	for (const [headers, wait] of [
		[{ "Retry-After": "7" }, 7_000],
		[{ "retry-after": " 7 " }, 7_000],
		[{ "Retry-After": inSeconds(20) }, 20_000],
		[{ "Retry-After": inSeconds(-20) }, 0],
		[{ "retry-after-ms": "250" }, 250],
		[{ "x-ms-retry-after-ms": "350" }, 350],
		[{ "Retry-After": "9", "retry-after-ms": "250" }, 250],
		[{ "Retry-After": "60" }, 60_000],
		[{ "Retry-After": "0" }, 0],
		// What cannot be understood leaves the choice to us: one second.
		[{ "Retry-After": "soon" }, 1_000],
		[{ "Retry-After": "-5" }, 1_000],
		[{ "Retry-After": "1.5" }, 1_000],
		[{ "retry-after-ms": "" }, 1_000],
	] as const) {
		test(`${JSON.stringify(headers)} makes a wait of ${wait} ms`, async () => {
			for (const status of [429, 503]) {
				const service = new ScriptedService(
					{ status, headers },
					{ body: GRANTED },
				);
				await service.requestToken();
				assert.deepEqual(service.waits, [wait]);
			}
		});
	}

	for (const [headers, wait] of [
		[{ "Retry-After": "61" }, 61_000],
		[{ "Retry-After": inSeconds(3_600) }, 3_600_000],
		[{ "retry-after-ms": "60001" }, 60_001],
	] as const) {
		test(`${JSON.stringify(headers)} is left to the caller: no wait, and the time is in the error`, async () => {
			const service = new ScriptedService({ status: 429, headers });
			const failure = await authenticationFailure(service.requestToken());
			assert.deepEqual(service.waits, []);
			assert.equal(failure.retryAfter, wait);
			assert.equal(failure.notBefore, service.clock.now() + wait);
			assert.equal(failure.isOutage, true);
		});
	}

	test("a short wish is in the error as well when all attempts are used up", async () => {
		const service = new ScriptedService({
			status: 503,
			headers: { "Retry-After": "5" },
		});
		const failure = await authenticationFailure(
			service.requestToken({}, { retryOptions: { maxRetries: 0 } }),
		);
		assert.equal(failure.notBefore, service.clock.now() + 5_000);
		assert.match(failure.message, /Try again in 5 seconds/);
	});

	test("no wish leaves both fields out", async () => {
		const service = new ScriptedService({ status: 401 });
		const failure = await authenticationFailure(service.requestToken());
		assert.equal("notBefore" in failure, false);
		assert.equal("retryAfter" in failure, false);
	});
});

test("options for retries that are no numbers are refused when the client is made", async () => {
	for (const bad of [-1, Number.NaN, "3" as unknown as number]) {
		const service = new ScriptedService();
		const failure = await failureOf(
			(async () =>
				service.requestToken({}, { retryOptions: { maxRetries: bad } }))(),
		);
		assert.match(
			failure.message,
			/TestCredential: the option retryOptions\.maxRetries/,
		);
	}
});
