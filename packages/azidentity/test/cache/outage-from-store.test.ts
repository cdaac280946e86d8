import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { describe, test } from "vitest";
import { memoryStore } from "../../src/cache/memory-store.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import { scriptedSource, settled } from "./scripted-source.ts";

const OWNER = {
	clientId: "app",
	environment: "login.windows.net",
	tenantId: "tenant",
};
const SCOPE = "https://vault.azure.net/.default";
const ASK = { scopes: SCOPE, written: SCOPE, normalise: () => [SCOPE] };

const outage = () => Object.assign(new Error("down"), { isOutage: true });
const refusal = () => new Error("refused");

/** Processes that share a store, one after the other. The first leaves a token of an hour, of three hours in an outage. */
async function afterOneProcess() {
	const clock = manualClock();
	const store = memoryStore();
	const newProcess = () => {
		const { source, requests } = scriptedSource(clock.now);
		const partition = new TokenCache({ now: clock.now, store }).partition(
			OWNER,
			false,
		);
		return { requests, get: () => partition.get(ASK, source) };
	};
	const first = newProcess();
	const getting = first.get();
	while (first.requests.length === 0) await settled();
	first.requests[0]?.grant(hours(1), { extendedLifetime: hours(3) });
	const { token } = await getting;

	/** What a new process gets when its source fails. */
	async function getsWhen(failure: () => Error) {
		const { get, requests } = newProcess();
		let isDone = false;
		const getting = get().finally(() => {
			isDone = true;
		});
		getting.catch(() => {});
		while (!isDone) {
			await settled();
			for (const request of requests.splice(0)) request.fail(failure());
		}
		return (await getting).token;
	}
	return { clock, token, getsWhen };
}

describe("A new process that finds a token in the store", () => {
	test("hands it out while it lives, whatever the authority does", async () => {
		for (const failure of [outage, refusal]) {
			const { clock, token, getsWhen } = await afterOneProcess();
			clock.advance(minutes(58));
			assert.equal(await getsWhen(failure), token);
		}
	});

	test("hands it out past its end when the authority is down, as long as the authority allowed", async () => {
		const { clock, token, getsWhen } = await afterOneProcess();
		clock.advance(hours(2));
		assert.equal(await getsWhen(outage), token);
		clock.advance(hours(1));
		await assert.rejects(getsWhen(outage), /down/);
	});

	test("does not hand it out past its end when the authority refuses", async () => {
		const { clock, getsWhen } = await afterOneProcess();
		clock.advance(hours(2));
		await assert.rejects(getsWhen(refusal), /refused/);
	});
});
