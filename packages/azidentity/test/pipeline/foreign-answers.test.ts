import assert from "node:assert/strict";
import { inspect } from "node:util";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { withTokenCache } from "azidentity";
import { describe, test } from "vitest";
import { settled } from "../cache/scripted-source.ts";
import { STORAGE, VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { granted, wrapped } from "./foreign-credential.ts";

describe("A credential that was written by somebody else", () => {
	test("loses a caller who aborts, and goes on for the others", async () => {
		const { credential, foreign } = wrapped();
		const leaving = new AbortController();
		const gone = failureOf(
			credential.getToken(VAULT, { abortSignal: leaving.signal }),
		);
		const staying = credential.getToken(VAULT);
		await settled();
		leaving.abort();
		assert.equal((await gone).name, "AbortError");
		assert.equal(foreign.calls.length, 1);
		assert.equal(foreign.last.options.abortSignal?.aborted, false);
		const token = foreign.last.grant(hours(1));
		assert.equal((await staying).token, token);
		assert.equal(
			(
				await failureOf(
					credential.getToken(VAULT, { abortSignal: leaving.signal }),
				)
			).name,
			"AbortError",
		);
	});

	test("is told to stop when the last caller has left, and answers the next one anew though it did not listen", async () => {
		const { credential, foreign } = wrapped();
		const leaving = new AbortController();
		const gone = failureOf(
			credential.getToken(VAULT, { abortSignal: leaving.signal }),
		);
		await settled();
		leaving.abort();
		assert.equal((await gone).name, "AbortError");
		assert.equal(foreign.last.options.abortSignal?.aborted, true);
		const [deaf] = foreign.calls;
		const call = credential.getToken(VAULT);
		await settled();
		assert.equal(foreign.calls.length, 2);
		const token = foreign.last.grant(hours(1));
		assert.equal((await call).token, token);
		deaf?.fail(new Error("late"));
		await settled();
	});

	test("may do what it likes to the scopes and options it is handed", async () => {
		const clock = manualClock();
		let calls = 0;
		const credential = withTokenCache(
			{
				async getToken(scopes, options) {
					calls += 1;
					(scopes as string[]).push("https://graph.microsoft.com/.default");
					Object.assign(options ?? {}, { tenantId: "other", claims: "{}" });
					return {
						token: `${calls}`,
						expiresOnTimestamp: clock.now() + hours(1),
					};
				},
			},
			{ now: clock.now },
		);
		const scopes = Object.freeze([VAULT]) as unknown as string[];
		const options = Object.freeze({ tenantId: "contoso" });
		for (let call = 0; call < 3; call += 1)
			assert.equal((await credential.getToken(scopes, options)).token, "1");
	});

	test("is asked for the scopes of the call, although the list is changed after it", async () => {
		const { clock, credential, foreign } = wrapped();
		const scopes = [VAULT];
		const call = credential.getToken(scopes);
		scopes[0] = STORAGE;
		await settled();
		foreign.last.grant(hours(1));
		await call;
		clock.advance(minutes(51));
		await credential.getToken(VAULT);
		assert.deepEqual(
			foreign.calls.map(({ scopes: asked }) => asked),
			[[VAULT], VAULT],
		);
	});

	test.each([
		["null", null, "CredentialUnavailableError", /answered null/],
		[
			"undefined",
			undefined,
			"CredentialUnavailableError",
			/answered undefined/,
		],
		["a text", "secret-token", "TypeError", /member token/],
		["no token", { expiresOnTimestamp: 4e12 }, "TypeError", /member token/],
		[
			"an empty token",
			{ token: "", expiresOnTimestamp: 4e12 },
			"TypeError",
			/member token/,
		],
		[
			"no time",
			{ token: "secret-token" },
			"TypeError",
			/member expiresOnTimestamp/,
		],
		[
			"a date",
			{ token: "secret-token", expiresOnTimestamp: new Date(4e12) },
			"TypeError",
			/expiresOnTimestamp/,
		],
		[
			"NaN",
			{ token: "secret-token", expiresOnTimestamp: Number.NaN },
			"TypeError",
			/expiresOnTimestamp/,
		],
	])(
		"fails for the caller when it answers %s, and is asked anew by the next",
		async (_, answer, name, message) => {
			const { credential, foreign } = wrapped();
			const call = failureOf(credential.getToken(VAULT));
			await settled();
			foreign.last.answer(answer);
			const error = await call;
			assert.equal(error.name, name);
			assert.match(error.message, message);
			assert.ok(!inspect(error).includes("secret-token"));
			assert.equal(await granted({ credential, foreign }), "token-2");
		},
	);

	test("may throw what is no error, and that is not shown", async () => {
		for (const thrown of [
			"secret-token",
			Symbol("s"),
			undefined,
			Object.create(null),
		]) {
			const { credential, foreign } = wrapped();
			const call = failureOf(credential.getToken(VAULT));
			await settled();
			foreign.last.fail(thrown);
			const error = await call;
			assert.ok(error instanceof Error);
			assert.match(
				error.message,
				/the credential failed, and threw a value of type/,
			);
			assert.ok(!inspect(error).includes("secret-token"));
		}
	});

	test("may throw before it makes a promise", async () => {
		const credential = withTokenCache({
			getToken() {
				throw new RangeError("at once");
			},
		});
		assert.equal(
			(await failureOf(credential.getToken(VAULT))).message,
			"at once",
		);
	});

	test("hands out an expired token, and does not remember it", async () => {
		const { credential, foreign } = wrapped();
		assert.equal(await granted({ credential, foreign }, -1), "token-1");
		assert.equal(await granted({ credential, foreign }, -1), "token-2");
	});

	test("is not asked for scopes that cannot be", async () => {
		const { credential, foreign } = wrapped();
		for (const scopes of [[], "", "a\nb", undefined, 7, [7]])
			assert.equal(
				(await failureOf(credential.getToken(scopes as string))).name,
				"TypeError",
			);
		assert.equal(foreign.calls.length, 0);
	});
});
