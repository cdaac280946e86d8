import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { imdsHost, managedIdentityTests, VAULT } from "./azure-host.ts";

managedIdentityTests();

describe("A claims challenge", () => {
	test("is never answered from memory, and sends nothing of the claims", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		const first = await credential.getToken(VAULT);
		const claims = '{"access_token":{"planted":null}}';
		const second = await credential.getToken(VAULT, { claims });
		assert.notEqual(second.token, first.token);
		assert.equal(await credential.getToken(VAULT), second);
		assert.equal(host.seen[1]?.search, host.seen[0]?.search);
	});

	test("shares its request with all who have one, whatever their claims", async () => {
		const host = await imdsHost();
		const credential = host.credential();
		await credential.getToken(VAULT);
		const calls = ["{}", '{"a":1}', "no JSON"].map((claims) =>
			credential.getToken(VAULT, { claims }),
		);
		assert.equal(new Set(await Promise.all(calls)).size, 1);
		assert.equal(host.seen.length, 2);
	});
});
