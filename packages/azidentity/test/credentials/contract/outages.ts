// biome-ignore-all lint/complexity/noExcessiveLinesPerFunction: a part of the contract is a list of tests, each short
import assert from "node:assert/strict";
import type { Fault } from "@azidentity/emulator";
import { minutes, seconds } from "@azidentity/testkit";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { describe, test } from "vitest";
import { STORAGE, VAULT } from "../emulated-entra.ts";
import type { Contract } from "../service-credential-contract.ts";
import {
	BROKEN_CONNECTIONS,
	lasting,
	SPOILED_ANSWERS,
	TROUBLED_STATUSES,
	WISHES,
} from "./faults.ts";

/** Everything that can go wrong. */
const FAULTS: [string, Fault][] = [
	...SPOILED_ANSWERS,
	...BROKEN_CONNECTIONS,
	...TROUBLED_STATUSES.map((status): [string, Fault] => [
		`status ${status}`,
		{ status },
	]),
	...WISHES.map(([how, , headers]): [string, Fault] => [
		`status 429 with a wish for ten minutes ${how}`,
		{ status: 429, headers: headers(minutes(10)) },
	]),
];

/** What goes wrong while there is a token: nothing of it reaches a caller. */
export function outages(contract: Contract): void {
	const { entra, make, pass, requests } = contract;
	const impatient = { requestOptions: { timeout: 100 } };

	describe("a token close to its end is handed out while there is no better one", () => {
		test.each([
			...FAULTS,
			["silence", { delayMs: minutes(10) }],
		] as typeof FAULTS)("%s", async (_, fault) => {
			const credential = make({ retryOptions: { maxRetries: 0 } });
			const first = await credential.getToken(VAULT);
			await pass(minutes(56));
			await entra.emulator.addFault(lasting(fault));
			// The one who meets the fault, and those who come in the pause after it.
			for (let call = 0; call < 3; call += 1)
				assert.equal(
					(await credential.getToken(VAULT, impatient))?.token,
					first?.token,
				);
			// One for the first token and one since; none if it was given up before it got there.
			assert.ok((await requests()).length <= 2);
			await entra.emulator.clearFaults();
		});

		test("and replaced as soon as the pause after a failure is over", async () => {
			const credential = make({ retryOptions: { maxRetries: 0 } });
			const first = await credential.getToken(VAULT);
			await pass(minutes(56));
			await entra.emulator.addFault({ path: "/token", status: 503 });
			const during = await credential.getToken(VAULT);
			assert.equal(during?.token, first?.token);
			await pass(seconds(31));
			const after = await credential.getToken(VAULT);
			assert.notEqual(after?.token, first?.token);
		});
	});

	test("a token that is due is replaced behind the caller's back, whatever went wrong before", async () => {
		await entra.emulator.configure({ refreshIn: minutes(10) });
		try {
			const { ended, policy } = endOfRequests();
			const credential = make({
				retryOptions: { maxRetries: 0 },
				additionalPolicies: [{ policy, position: "perCall" }],
			});
			const first = await credential.getToken(VAULT);
			await pass(minutes(11));
			// All of them together take less time than the token has.
			for (const [what, fault] of FAULTS) {
				await entra.emulator.addFault(lasting(fault));
				const next = ended();
				const during = await credential.getToken(VAULT);
				assert.equal(during?.token, first?.token, what);
				await next;
				await entra.emulator.clearFaults();
				await pass(seconds(31));
				if (fault.headers?.["retry-after"] !== undefined) break;
			}
			await pass(minutes(10));
			const last = ended();
			assert.equal((await credential.getToken(VAULT))?.token, first?.token);
			await last;
			const replaced = await credential.getToken(VAULT);
			assert.notEqual(replaced?.token, first?.token);
		} finally {
			await entra.emulator.configure({ refreshIn: null });
		}
	});

	test("the authority is switched off: tokens are served, and what is missing is an outage until it is back", async () => {
		const credential = make();
		const first = await credential.getToken(VAULT);
		await entra.emulator.suspend();
		try {
			assert.equal((await credential.getToken(VAULT))?.token, first?.token);
			await assert.rejects(credential.getToken(STORAGE), {
				name: "AuthenticationError",
				isOutage: true,
			});
		} finally {
			await entra.emulator.resume();
		}
		assert.ok(await credential.getToken(STORAGE));
	});
}

/** Tells when the next request of a credential is over, and what it brought has been dealt with. */
function endOfRequests() {
	let waiting: (() => void)[] = [];
	const policy: PipelinePolicy = {
		name: "endOfRequests",
		async sendRequest(request, next) {
			try {
				return await next(request);
			} finally {
				// What a proof needs is asked for elsewhere before.
				if (request.url.endsWith("/token")) {
					const told = waiting;
					waiting = [];
					setImmediate(() => {
						for (const tell of told) tell();
					});
				}
			}
		},
	};
	const ended = () => new Promise<void>((resolve) => waiting.push(resolve));
	return { ended, policy };
}
