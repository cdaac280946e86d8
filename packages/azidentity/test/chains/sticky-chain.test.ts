import assert from "node:assert/strict";
import { ChainedTokenCredential } from "azidentity";
import { describe, test } from "vitest";
import { STORAGE, VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import {
	refused,
	type Stranger,
	stranger,
	tokenNamed,
	unavailable,
} from "./strangers.ts";

const sticky = (...sources: Stranger[]) =>
	ChainedTokenCredential.withOptions({ retrySources: false }, ...sources);

/** A credential that answers when the test lets it. */
function patient(name: string) {
	const waiting: (() => void)[] = [];
	const credential = stranger(
		(_, options) =>
			new Promise((resolve, reject) => {
				waiting.push(() => resolve(tokenNamed(name)));
				options?.abortSignal?.addEventListener("abort", () =>
					reject(Object.assign(new Error("left"), { name: "AbortError" })),
				);
			}),
	);
	return Object.assign(credential, {
		/** Answers all who wait. */
		answer: () => {
			for (const each of waiting.splice(0)) each();
		},
		isAsked: () => waiting.length > 0,
	});
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("A chain that keeps to the first credential that answered", () => {
	test("asks no other one again", async () => {
		const [first, second] = [
			stranger(unavailable(), "first"),
			stranger("second"),
		];
		const chain = sticky(first, second);
		for (const scope of [VAULT, STORAGE, VAULT])
			assert.equal((await chain.getToken(scope)).token, "second");
		assert.equal(first.asked.length, 1);
		assert.equal(second.asked.length, 3);
	});

	test("reports a later refusal of it, and keeps to it", async () => {
		const [first, second] = [
			stranger(unavailable(), "first"),
			stranger("second", refused(), "again"),
		];
		const chain = sticky(first, second);
		await chain.getToken(VAULT);
		assert.equal(
			(await failureOf(chain.getToken(VAULT))).name,
			"AuthenticationError",
		);
		assert.equal((await chain.getToken(VAULT)).token, "again");
		assert.equal(first.asked.length, 1);
	});

	test("walks anew when that one cannot be asked any more", async () => {
		const [first, second] = [
			stranger(unavailable(), "first"),
			stranger("second", unavailable()),
		];
		const chain = sticky(first, second);
		assert.equal((await chain.getToken(VAULT)).token, "second");
		assert.equal((await chain.getToken(VAULT)).token, "first");
		assert.equal((await chain.getToken(VAULT)).token, "first");
		assert.equal(second.asked.length, 2);
	});

	test("forgets a walk that failed", async () => {
		const chain = sticky(stranger(unavailable(), "first"));
		await failureOf(chain.getToken(VAULT));
		assert.equal((await chain.getToken(VAULT)).token, "first");
	});
});

describe("Callers who come while such a chain is walked", () => {
	test("wait for its end, then ask the credential it found for what they want", async () => {
		const [first, second] = [stranger(unavailable()), patient("second")];
		const chain = sticky(first, second);
		const calls = [
			chain.getToken(VAULT),
			chain.getToken(STORAGE),
			chain.getToken(VAULT),
			chain.getToken(VAULT, { tenantId: "t" }),
		];
		while (!second.isAsked()) await settled();
		assert.equal(second.asked.length, 1);
		while (second.asked.length < 3) {
			second.answer();
			await settled();
		}
		second.answer();
		await Promise.all(calls);
		assert.equal(first.asked.length, 1);
		assert.deepEqual(
			second.asked.map(({ scopes }) => scopes),
			[VAULT, STORAGE, VAULT],
		);
	});

	test("share its failure when they ask for the same, and walk themselves when not", async () => {
		const first = stranger(async (scopes) => {
			await settled();
			if (scopes === VAULT) throw refused("not for the vault");
			return tokenNamed("storage");
		});
		const chain = sticky(first);
		const [one, same, other] = await Promise.allSettled([
			chain.getToken(VAULT),
			chain.getToken(VAULT),
			chain.getToken(STORAGE),
		]);
		assert.equal(one.status, "rejected");
		assert.equal(same.status, "rejected");
		assert.equal(other.status, "fulfilled");
		assert.deepEqual(
			first.asked.map(({ scopes }) => scopes),
			[VAULT, STORAGE],
		);
	});

	test("go on when the one who began it leaves", async () => {
		const only = patient("only");
		const chain = sticky(only);
		const controller = new AbortController();
		const leaving = chain.getToken(VAULT, { abortSignal: controller.signal });
		const staying = chain.getToken(VAULT);
		while (!only.isAsked()) await settled();
		controller.abort();
		assert.equal((await failureOf(leaving)).name, "AbortError");
		only.answer();
		assert.equal((await staying).token, "only");
		assert.equal(only.asked.length, 1);
	});

	test("leave alone; the walk ends when the last one has left, and the next caller begins a new one", async () => {
		const only = patient("only");
		const chain = sticky(only);
		const controllers = [new AbortController(), new AbortController()];
		const calls = controllers.map(({ signal }) =>
			failureOf(chain.getToken(VAULT, { abortSignal: signal })),
		);
		while (!only.isAsked()) await settled();
		for (const controller of controllers) controller.abort();
		for (const { name } of await Promise.all(calls))
			assert.equal(name, "AbortError");
		const signal = only.asked[0]?.options?.abortSignal;
		assert.equal(signal?.aborted, true);
		const next = chain.getToken(VAULT);
		while (only.asked.length < 2) await settled();
		only.answer();
		assert.equal((await next).token, "only");
	});
});
