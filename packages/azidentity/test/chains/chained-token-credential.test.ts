import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as official from "@azure/identity";
import {
	AuthenticationError,
	AuthenticationRequiredError,
	ChainedTokenCredential,
} from "azidentity";
import { describe, test } from "vitest";
import {
	claimsOf,
	emulatedEntra,
	VAULT,
} from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { stranger, unavailable } from "./strangers.ts";

const entra = emulatedEntra();

describe("A chain asks its credentials in turn", () => {
	test("and gives the token of the first that has one; the others are not asked", async () => {
		const [first, second, third] = [
			stranger(unavailable()),
			stranger("second"),
			stranger("third"),
		];
		const chain = new ChainedTokenCredential(first, second, third);
		assert.equal((await chain.getToken(VAULT)).token, "second");
		assert.deepEqual(
			[first, second, third].map(({ asked }) => asked.length),
			[1, 1, 0],
		);
	});

	test("from the first on at each call", async () => {
		const [first, second] = [
			stranger(unavailable(), "first"),
			stranger("second"),
		];
		const chain = new ChainedTokenCredential(first, second);
		assert.equal((await chain.getToken(VAULT)).token, "second");
		assert.equal((await chain.getToken(VAULT)).token, "first");
	});

	test("with the scopes and options of the call", async () => {
		const only = stranger("token");
		const options = { tenantId: "t", claims: "{}", enableCae: true };
		await new ChainedTokenCredential(only).getToken([VAULT], options);
		assert.deepEqual(only.asked, [{ scopes: [VAULT], options }]);
	});

	test.each([
		["could not try", unavailable()],
		[
			"needs somebody to sign in",
			new AuthenticationRequiredError({ scopes: [] }),
		],
		["gave none", null],
		[
			"could not try, says another package",
			new official.CredentialUnavailableError("no"),
		],
		[
			"is a chain that could not try, of another package",
			new official.AggregateAuthenticationError([
				new official.CredentialUnavailableError("no"),
			]),
		],
	])("and passes over one that %s", async (_, answer) => {
		const chain = new ChainedTokenCredential(
			stranger(answer),
			stranger("second"),
		);
		assert.equal((await chain.getToken(VAULT)).token, "second");
	});

	test("and passes over a chain in which nobody could try", async () => {
		const inner = new ChainedTokenCredential(
			stranger(unavailable("one")),
			new ChainedTokenCredential(stranger(null)),
		);
		const outer = new ChainedTokenCredential(inner, stranger("outer"));
		assert.equal((await outer.getToken(VAULT)).token, "outer");
	});

	test("real ones remember, the chain need not", async () => {
		const chain = new ChainedTokenCredential(
			stranger(unavailable()),
			entra.daemon(),
		);
		const first = await chain.getToken(VAULT);
		assert.equal((await chain.getToken(VAULT)).token, first.token);
		assert.equal(claimsOf(first.token).aud, "https://vault.azure.net");
		assert.equal((await entra.tokenRequests()).length, 1);
	});
});

describe("A refusal stops the chain where it happens", () => {
	test("a wrong secret is seen, and the next credential is not asked", async () => {
		const second = stranger("second");
		const chain = new ChainedTokenCredential(entra.daemon({}, "wrong"), second);
		const error = await failureOf(chain.getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "invalid_client");
		assert.deepEqual(second.asked, []);
	});

	test("and the error tells of those that were passed over before", async () => {
		const chain = new ChainedTokenCredential(
			stranger(unavailable("the variable X is not set")),
			entra.daemon({}, "wrong"),
		);
		const error = await failureOf(chain.getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.statusCode, 401);
		assert.deepEqual(error.errorResponse.errorCodes, [7000215]);
		assert.match(error.message, /AADSTS7000215/);
		assert.match(error.message, /credential 1 {2}the variable X is not set/);
		assert.ok(error.cause instanceof AuthenticationError);
	});

	test("claims that the refusal carries stay readable and unseen", async () => {
		const claims = '{"access_token":{"planted":{}}}';
		const refusal = new AuthenticationError(400, {
			error: "interaction_required",
			claims,
		});
		const error = await failureOf(
			new ChainedTokenCredential(
				stranger(unavailable()),
				stranger(refusal),
			).getToken(VAULT),
		);
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.claims, claims);
		assert.ok(!inspect(error, { depth: 10 }).includes("planted"));
	});

	test("any other failure is handed on as it is", async () => {
		const failure = new RangeError("mine");
		const chain = new ChainedTokenCredential(
			stranger(unavailable()),
			stranger(failure),
			stranger("third"),
		);
		assert.equal(await failureOf(chain.getToken(VAULT)), failure);
	});

	test("unless the program asks to go on, as it did with the original package", async () => {
		const chain = ChainedTokenCredential.withOptions(
			{ continueAfterRefusal: true },
			entra.daemon({}, "wrong"),
			stranger("second"),
		);
		assert.equal((await chain.getToken(VAULT)).token, "second");
		const mistake = ChainedTokenCredential.withOptions(
			{ continueAfterRefusal: true },
			entra.daemon(),
			stranger("second"),
		);
		assert.match((await failureOf(mistake.getToken(""))).message, /scopes/);
	});

	test("a caller who aborts ends the walk", async () => {
		const controller = new AbortController();
		const second = stranger("second");
		const first = stranger((_, options) => {
			controller.abort();
			return entra.daemon().getToken(VAULT, options);
		});
		const { signal: abortSignal } = controller;
		const error = await failureOf(
			new ChainedTokenCredential(first, second).getToken(VAULT, {
				abortSignal,
			}),
		);
		assert.equal(error.name, "AbortError");
		assert.deepEqual(second.asked, []);
	});
});
