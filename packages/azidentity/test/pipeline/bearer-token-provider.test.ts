import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { getBearerTokenProvider } from "azidentity";
import { describe, test } from "vitest";
import { settled } from "../cache/scripted-source.ts";
import { stranger } from "../chains/strangers.ts";
import { emulatedEntra, VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { foreignCredential } from "./foreign-credential.ts";

describe("A bearer token provider", () => {
	test("gives the text of a token, asked for once by any number of callers", async () => {
		const credential = stranger("one", "two");
		const token = getBearerTokenProvider(credential, VAULT);
		const tokens = await Promise.all(Array.from({ length: 100 }, token));
		assert.deepEqual(new Set([...tokens, await token()]), new Set(["one"]));
		assert.equal(credential.asked.length, 1);
		assert.equal(credential.asked[0]?.scopes, VAULT);
	});

	test("replaces the token behind its callers' backs", async () => {
		const clock = manualClock();
		const credential = foreignCredential(clock.now);
		const token = getBearerTokenProvider(credential, [VAULT], {
			now: clock.now,
		});
		const first = token();
		await settled();
		credential.last.grant(hours(1));
		assert.equal(await first, "token-1");
		clock.advance(minutes(50));
		assert.equal(await token(), "token-1");
		credential.last.grant(hours(1));
		await settled();
		assert.equal(await token(), "token-2");
	});

	test("asks as that of @azure/identity does: with its tracing, for tokens under continuous access evaluation", async () => {
		const credential = stranger("token");
		const tracingContext = {
			getValue: () => undefined,
			setValue: () => tracingContext,
			deleteValue: () => tracingContext,
		};
		await getBearerTokenProvider(credential, VAULT, {
			tracingOptions: { tracingContext },
		})();
		const { enableCae, tracingOptions } = credential.asked[0]?.options ?? {};
		assert.equal(enableCae, true);
		assert.equal(tracingOptions?.tracingContext, tracingContext);
	});

	test("rejects with what the credential says, when it has no token, and once it is aborted", async () => {
		const controller = new AbortController();
		const credential = stranger(new Error("no"), null, "token");
		const token = getBearerTokenProvider(credential, VAULT, {
			abortSignal: controller.signal,
		});
		assert.equal((await failureOf(token())).message, "no");
		assert.equal((await failureOf(token())).name, "CredentialUnavailableError");
		assert.equal(await token(), "token");
		controller.abort();
		assert.equal((await failureOf(token())).name, "AbortError");
	});

	test("rejects for scopes that cannot be, before anybody is asked", async () => {
		const credential = stranger("token");
		for (const scopes of [undefined, [], "", ["a\nb"]])
			assert.equal(
				(
					await failureOf(
						getBearerTokenProvider(credential, scopes as string)(),
					)
				).name,
				"TypeError",
			);
		assert.equal(credential.asked.length, 0);
		assert.throws(
			() => getBearerTokenProvider(null as never, VAULT),
			TypeError,
		);
	});

	describe("of a credential of ours", () => {
		const entra = emulatedEntra();
		test("asks Entra ID once", async () => {
			const token = getBearerTokenProvider(entra.daemon(), VAULT);
			const tokens = await Promise.all(Array.from({ length: 20 }, token));
			assert.equal(new Set(tokens).size, 1);
			assert.equal((await entra.tokenRequests()).length, 1);
		});
	});
});
