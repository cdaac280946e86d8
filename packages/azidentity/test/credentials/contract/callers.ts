// biome-ignore-all lint/complexity/noExcessiveLinesPerFunction: a part of the contract is a list of tests, each short
import assert from "node:assert/strict";
import { test } from "vitest";
import { STORAGE, VAULT } from "../emulated-entra.ts";
import type { Contract } from "../service-credential-contract.ts";

/** Longer than any test takes: who waits for this waits in vain. */
const NEVER_MS = 600_000;
const isAborted = { name: "AbortError" };

/** Callers who have enough of waiting. */
export function callersWhoLeave({ entra, make, requests }: Contract): void {
	/** Resolves when the authority has had so many requests for tokens. */
	async function asked(count: number): Promise<void> {
		while ((await requests()).length < count)
			await new Promise((resolve) => setImmediate(resolve));
	}

	test("a caller who aborts leaves at once and alone", async () => {
		const credential = make();
		await entra.emulator.addFault({ path: "/token", delayMs: 100 });
		const leaving = new AbortController();
		const left = credential.getToken(VAULT, { abortSignal: leaving.signal });
		const stayed = credential.getToken(VAULT);
		leaving.abort();
		await assert.rejects(left, isAborted);
		assert.ok(await stayed);
		assert.equal((await requests()).length, 1);
	});

	test("when the last one has left, the next one does not wait for what was stopped", async () => {
		const credential = make();
		await entra.emulator.addFault({ path: "/token", delayMs: NEVER_MS });
		const leaving = new AbortController();
		const left = credential.getToken(VAULT, { abortSignal: leaving.signal });
		await asked(1);
		leaving.abort();
		await assert.rejects(left, isAborted);
		assert.ok(await credential.getToken(VAULT));
		assert.equal((await requests()).length, 2);
	});

	test("a wait between two attempts ends at once, too", async () => {
		const credential = make();
		await entra.emulator.addFault({
			path: "/token",
			status: 503,
			headers: { "retry-after": "59" },
		});
		const leaving = new AbortController();
		const left = credential.getToken(VAULT, { abortSignal: leaving.signal });
		await asked(1);
		setTimeout(() => leaving.abort(), 20);
		await assert.rejects(left, isAborted);
		assert.ok(await credential.getToken(VAULT));
	});

	test("who aborts before the call makes no request, token remembered or not", async () => {
		const credential = make();
		const abortSignal = AbortSignal.abort();
		await assert.rejects(
			credential.getToken(VAULT, { abortSignal }),
			isAborted,
		);
		assert.deepEqual(await requests(), []);
		await credential.getToken(VAULT);
		await assert.rejects(
			credential.getToken(VAULT, { abortSignal }),
			isAborted,
		);
	});

	test("a caller limits the time of an attempt: silence and a body that trickles are outages", async () => {
		const credential = make({ retryOptions: { maxRetries: 0 } });
		// What is found once, such as where the authority's endpoints are, is no part of the attempt.
		await credential.getToken(STORAGE);
		for (const slow of [{ delayMs: NEVER_MS }, { slowBodyMs: NEVER_MS }]) {
			await entra.emulator.addFault({ path: "/token", ...slow });
			const limited = credential.getToken(VAULT, {
				requestOptions: { timeout: 50 },
			});
			await assert.rejects(limited, {
				name: "AuthenticationError",
				isOutage: true,
			});
			// On a busy machine the time may be up before the authority has heard of it.
			await entra.emulator.clearFaults();
		}
		assert.ok(await credential.getToken(VAULT));
	});

	test("a body that comes slowly, but in time, is an answer like any other", async () => {
		const credential = make();
		await entra.emulator.addFault({ path: "/token", slowBodyMs: 80 });
		assert.ok(await credential.getToken(VAULT));
		assert.equal((await requests()).length, 1);
	});
}
