import assert from "node:assert/strict";
import { hours, minutes, seconds } from "@azidentity/testkit";
import type { GetTokenOptions } from "@azure/core-auth";
import { describe, test } from "vitest";
import { settled } from "../cache/scripted-source.ts";
import { STORAGE, VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { granted, wrapped } from "./foreign-credential.ts";

describe("Any credential with the memory in front of it", () => {
	test("is asked once by a hundred callers, and not again while its token is fresh", async () => {
		const { credential, foreign, remembered } = wrapped();
		const calls = Array.from({ length: 100 }, () => credential.getToken(VAULT));
		await settled();
		assert.equal(foreign.calls.length, 1);
		const token = foreign.last.grant(hours(1));
		for (const answer of await Promise.all(calls))
			assert.equal(answer.token, token);
		assert.equal(await remembered(), token);
		assert.equal(foreign.calls.length, 1);
	});

	test("hands out a frozen token with a type and the time of its refresh, and none of what else it was given", async () => {
		const { clock, credential, foreign } = wrapped();
		const call = credential.getToken(VAULT);
		await settled();
		const answer = {
			token: "secret",
			expiresOnTimestamp: clock.now() + hours(1),
			more: 1,
		};
		foreign.last.answer(answer);
		const token = await call;
		assert.ok(Object.isFrozen(token));
		answer.token = "changed";
		assert.deepEqual(token, {
			token: "secret",
			expiresOnTimestamp: clock.now() + hours(1),
			refreshAfterTimestamp: clock.now() + minutes(50),
			tokenType: "Bearer",
		});
	});

	test("is asked behind the callers' backs ten minutes before its token expires, when it names no time for that", async () => {
		const { clock, credential, foreign, remembered } = wrapped();
		const first = await granted({ credential, foreign });
		clock.advance(minutes(50) - 1);
		assert.equal(await remembered(), first);
		assert.equal(foreign.calls.length, 1);
		clock.advance(1);
		assert.equal(await remembered(), first);
		assert.equal(foreign.calls.length, 2);
		const second = foreign.last.grant(hours(1));
		await settled();
		assert.equal(await remembered(), second);
	});

	test("is asked at the time that its token names", async () => {
		const { clock, credential, foreign, remembered } = wrapped();
		const refreshAfterTimestamp = clock.now() + minutes(20);
		const first = await granted({ credential, foreign }, hours(1), {
			refreshAfterTimestamp,
		});
		clock.advance(minutes(20) - 1);
		await remembered();
		assert.equal(foreign.calls.length, 1);
		clock.advance(1);
		assert.equal(await remembered(), first);
		assert.equal(foreign.calls.length, 2);
	});

	test("is left alone for half a minute when it answers with a token that is due already", async () => {
		const { clock, credential, foreign, remembered } = wrapped();
		const due = { token: "due", refreshAfterTimestamp: clock.now() - 1 };
		await granted({ credential, foreign }, hours(1), due);
		for (let second = 1; second <= 120; second += 1) {
			clock.advance(seconds(1));
			const asked = foreign.calls.length;
			assert.equal(await remembered(), "due");
			await settled();
			if (foreign.calls.length > asked) foreign.last.grant(hours(1), due);
			await settled();
		}
		assert.equal(foreign.calls.length, 1 + 120 / 30);
	});

	test("is not asked more often than every half a minute while it fails, and its token serves until it expires", async () => {
		const { clock, credential, foreign } = wrapped();
		const token = await granted({ credential, foreign });
		clock.advance(minutes(50));
		for (let second = 0; second < 600; second += 1) {
			const asked = foreign.calls.length;
			const call = credential.getToken(VAULT);
			await settled();
			if (foreign.calls.length > asked) foreign.last.fail(new Error("down"));
			assert.equal((await call).token, token);
			await settled();
			clock.advance(seconds(1));
		}
		assert.equal(foreign.calls.length, 1 + 600 / 30);
		const call = failureOf(credential.getToken(VAULT));
		await settled();
		foreign.last.fail(new Error("still down"));
		assert.equal((await call).message, "still down");
	});

	test("is told apart by tenant, kind and scopes, whatever their order and case", async () => {
		const { credential, foreign } = wrapped();
		const asks: [string | string[], GetTokenOptions][] = [
			[VAULT, {}],
			[VAULT, { enableCae: true }],
			[VAULT, { tenantId: "contoso" }],
			[VAULT, { tenantId: "fabrikam", enableCae: true }],
			[STORAGE, {}],
			[[VAULT, STORAGE], {}],
		];
		const tokens = [];
		for (const [scopes, options] of asks) {
			const call = credential.getToken(scopes, options);
			await settled();
			foreign.last.grant(hours(1));
			tokens.push((await call).token);
		}
		assert.equal(new Set(tokens).size, asks.length);
		assert.deepEqual(
			foreign.calls.map(({ scopes, options: { enableCae, tenantId } }) => [
				scopes,
				enableCae,
				tenantId,
			]),
			asks.map(([scopes, { enableCae, tenantId }]) => [
				scopes,
				enableCae,
				tenantId,
			]),
		);
		const again = [
			credential.getToken([VAULT.toUpperCase()]),
			credential.getToken(VAULT, { enableCae: true, tenantId: "" }),
			credential.getToken(` ${VAULT}`, { tenantId: "CONTOSO" }),
			credential.getToken(VAULT, { tenantId: "fabrikam", enableCae: true }),
			credential.getToken([STORAGE, STORAGE]),
			credential.getToken([STORAGE, VAULT]),
		];
		assert.deepEqual(
			(await Promise.all(again)).map(({ token }) => token),
			tokens,
		);
		assert.equal(foreign.calls.length, asks.length);
	});

	test("is asked whenever there are claims, and what they bring replaces what was remembered", async () => {
		const { credential, foreign, remembered } = wrapped();
		const first = await granted({ credential, foreign });
		const claims = '{"access_token":{}}';
		const second = await granted(
			{ credential, foreign },
			hours(1),
			{},
			{ claims },
		);
		const third = await granted(
			{ credential, foreign },
			hours(1),
			{},
			{ claims },
		);
		assert.equal(new Set([first, second, third]).size, 3);
		assert.equal(foreign.last.options.claims, claims);
		assert.equal(await remembered(), third);
		assert.equal(foreign.calls.length, 3);
	});

	test("gets tokens bound to a request for each call by itself, and they are not remembered", async () => {
		const { credential, foreign, remembered } = wrapped();
		const bearer = await granted({ credential, foreign });
		const proofOfPossessionOptions = {
			nonce: "n",
			resourceRequestMethod: "GET" as const,
			resourceRequestUrl: "https://contoso.test/",
		};
		for (const call of [2, 3]) {
			const token = await granted(
				{ credential, foreign },
				hours(1),
				{ tokenType: "pop" },
				{ proofOfPossessionOptions },
			);
			assert.equal(token, `token-${call}`);
			assert.deepEqual(foreign.last.options, { proofOfPossessionOptions });
		}
		assert.equal(await remembered(), bearer);
	});

	test("is asked again when it answered with a bound token unasked", async () => {
		const { credential, foreign } = wrapped();
		await granted({ credential, foreign }, hours(1), { tokenType: "pop" });
		await granted({ credential, foreign }, hours(1), { tokenType: "pop" });
		assert.equal(foreign.calls.length, 2);
	});
});
