import assert from "node:assert/strict";
import type { TokenCredential } from "@azure/core-auth";
import {
	AggregateAuthenticationError,
	ChainedTokenCredential,
} from "azidentity";
import { describe, test } from "vitest";
import { VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { refused, stranger, unavailable } from "./strangers.ts";

describe("When no credential has a token", () => {
	test("the message is a table of the reasons, and programs find each error", async () => {
		class HomeMadeCredential implements TokenCredential {
			async getToken(): Promise<null> {
				throw unavailable("HomeMadeCredential: the moon is full.\nWait.");
			}
		}
		const one = unavailable("it is not there");
		const error = await failureOf(
			new ChainedTokenCredential(
				stranger(one),
				new HomeMadeCredential(),
				stranger(null),
			).getToken(VAULT),
		);
		assert.ok(error instanceof AggregateAuthenticationError);
		assert.equal(error.errors[0], one);
		assert.equal(error.errors.length, 3);
		assert.equal(error.isUnavailable, true);
		assert.equal(
			error.message,
			`ChainedTokenCredential: no credential of the chain could get a token.
  credential 1        it is not there
  HomeMadeCredential  the moon is full.
                      Wait.
  credential 3        it gave no token.`,
		);
	});

	test("and one was refused while the chain was told to go on, an outer chain stops", async () => {
		const inner = ChainedTokenCredential.withOptions(
			{ continueAfterRefusal: true },
			stranger(refused()),
			stranger(unavailable()),
		);
		const second = stranger("second");
		const error = await failureOf(
			new ChainedTokenCredential(inner, second).getToken(VAULT),
		);
		assert.ok(error instanceof AggregateAuthenticationError);
		assert.equal(error.isUnavailable, false);
		assert.deepEqual(second.asked, []);
	});
});

describe("What is no chain is refused by the constructor", () => {
	test("none", () => {
		assert.throws(() => new ChainedTokenCredential(), /no credential/);
		assert.throws(
			() => ChainedTokenCredential.withOptions({}),
			/no credential/,
		);
	});

	test.each([undefined, null, {}, "secret-text", { getToken: 1 }])(
		"%j in the place of a credential",
		(nothing) => {
			assert.throws(
				() =>
					new ChainedTokenCredential(
						stranger("x"),
						nothing as unknown as TokenCredential,
					),
				(error: Error) => {
					assert.match(error.message, /credential 2/);
					assert.ok(!error.message.includes("secret-text"));
					return true;
				},
			);
		},
	);
});
