// biome-ignore-all lint/complexity/noExcessiveLinesPerFunction: a part of the contract is a list of tests, each short
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import { STORAGE, VAULT } from "../emulated-entra.ts";
import type { Contract } from "../service-credential-contract.ts";
import {
	BROKEN_CONNECTIONS,
	lasting,
	MARK,
	SPOILED_ANSWERS,
	TROUBLED_STATUSES,
	WISHES,
} from "./faults.ts";

/** The limit that every attempt has; all other timers of a credential are waits. */
const ATTEMPT_LIMIT_MS = 30_000;

/** Timers that do not wait between attempts, and what they were asked for, in milliseconds. */
function recordedWaits() {
	const waits: number[] = [];
	const setTimeout = (callback: () => void, milliseconds: number) => {
		if (milliseconds === ATTEMPT_LIMIT_MS)
			return globalThis.setTimeout(callback, milliseconds);
		waits.push(milliseconds);
		return globalThis.setTimeout(callback, 0);
	};
	return { waits, setTimeout };
}

/** The error of a call that fails, after checking that it is one and that it shows nothing. */
export async function failureOf(
	name: string,
	call: Promise<unknown>,
): Promise<AuthenticationError> {
	const error: unknown = await call.then(
		() => assert.fail("the call should have failed"),
		(reason) => reason,
	);
	assert.ok(error instanceof AuthenticationError, inspect(error));
	assert.match(error.message, new RegExp(`^${name}: `));
	assert.ok(!inspect(error, { depth: 10 }).includes(MARK));
	return error;
}

/** What goes wrong while nothing is remembered. */
export function failures(contract: Contract): void {
	const { entra, make, name, requests } = contract;

	describe("what holds no usable token is a typed error; nothing new is remembered, and nothing remembered is lost", () => {
		test.each([...SPOILED_ANSWERS, ...BROKEN_CONNECTIONS])(
			"%s",
			async (_, fault) => {
				const credential = make();
				const remembered = await credential.getToken(STORAGE);
				await entra.emulator.addFault(lasting(fault));
				await failureOf(name, credential.getToken(VAULT));
				const again = await credential.getToken(STORAGE);
				assert.equal(again?.token, remembered?.token);
				await entra.emulator.clearFaults();
				assert.notEqual((await credential.getToken(VAULT))?.token, MARK);
			},
		);

		test("a redirect is not followed: what the request proves goes nowhere else", async () => {
			await entra.emulator.addFault(
				lasting({ status: 307, headers: { location: "/elsewhere/token" } }),
			);
			await failureOf(name, make().getToken(VAULT));
			const paths = (await entra.emulator.requests()).map(({ path }) => path);
			assert.ok(!paths.includes("/elsewhere/token"), paths.join());
		});
	});

	describe("what breaks once is tried again, and the caller does not hear of it", () => {
		test.each(TROUBLED_STATUSES)(
			"status %d, after the wait that it asks for, however it says so",
			async (status) => {
				for (const [how, tolerance, headers] of WISHES) {
					const { waits, setTimeout } = recordedWaits();
					const credential = make({ setTimeout });
					await entra.emulator.addFault({
						path: "/token",
						status,
						headers: headers(7_000),
					});
					assert.ok(await credential.getToken(VAULT));
					const [wait = 0, ...others] = waits;
					assert.deepEqual(others, []);
					assert.ok(wait <= 7_000 && wait >= 7_000 - tolerance - 500, how);
					if (tolerance === 0) assert.equal(wait, 7_000, how);
				}
			},
		);

		test.each([
			...TROUBLED_STATUSES.map((status): [string, object] => [
				`status ${status}`,
				{ status },
			]),
			...BROKEN_CONNECTIONS,
		])("%s, after a wait of our own", async (_, fault) => {
			const { waits, setTimeout } = recordedWaits();
			const credential = make({ setTimeout, retryOptions: {} });
			await entra.emulator.addFault({ path: "/token", ...fault });
			assert.ok(await credential.getToken(VAULT));
			const [wait = 0, ...others] = waits;
			assert.deepEqual(others, []);
			assert.ok(wait >= 800 && wait <= 1_300, `${wait}`);
			assert.equal((await requests()).length, 2);
		});

		test("and no more than three times", async () => {
			const credential = make();
			await entra.emulator.addFault(lasting({ status: 503 }));
			const error = await failureOf(name, credential.getToken(VAULT));
			assert.equal(error.statusCode, 503);
			assert.equal(error.isOutage, true);
			assert.equal((await requests()).length, 4);
		});
	});

	describe("a service that asks to be left alone for longer than a minute is left alone", () => {
		test.each(WISHES)("%s", async (_, tolerance, headers) => {
			const credential = make();
			await entra.emulator.addFault({
				path: "/token",
				status: 429,
				headers: headers(600_000),
				body: { error: "temporarily_unavailable" },
			});
			const error = await failureOf(name, credential.getToken(VAULT));
			assert.equal(error.isOutage, true);
			const { retryAfter = 0 } = error;
			assert.ok(retryAfter <= 600_000, `${retryAfter}`);
			assert.ok(retryAfter > 599_000 - tolerance - 5_000, `${retryAfter}`);
			// The fault is used up: an answer would come. It is not asked for.
			const again = await failureOf(name, credential.getToken(VAULT));
			assert.equal(again, error);
			assert.equal((await requests()).length, 1);
			assert.ok(await credential.getToken(STORAGE));
			await contract.pass(retryAfter + 1_000);
			assert.ok(await credential.getToken(VAULT));
		});
	});
}
