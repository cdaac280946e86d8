// biome-ignore-all lint/complexity/noExcessiveLinesPerFunction: a part of the contract is a list of tests, each short
import assert from "node:assert/strict";
import { hours, minutes } from "@azidentity/testkit";
import { TokenCache } from "azidentity";
import { test } from "vitest";
import { claimsOf, STORAGE, VAULT } from "../emulated-entra.ts";
import type { Contract } from "../service-credential-contract.ts";

/** One request per need, and nobody gets what is not theirs. */
export function memory(contract: Contract): void {
	const { make, requests } = contract;

	test("a token has the form of the ecosystem, and is for the resource and the application", async () => {
		const before = Date.now();
		const token = await make().getToken(VAULT);
		const lifetime = (token?.expiresOnTimestamp ?? 0) - before;
		assert.ok(lifetime > minutes(59) && lifetime <= hours(1), `${lifetime}`);
		const { aud, appid } = claimsOf(token?.token ?? "");
		assert.equal(aud, "https://vault.azure.net");
		assert.equal(appid, contract.clientId());
		assert.equal(token?.tokenType, "Bearer");
		assert.ok(Object.isFrozen(token));
	});

	test("the first call asks, and every later one is answered from memory, however it writes the scope", async () => {
		const credential = make();
		const first = await credential.getToken(VAULT);
		for (const again of [VAULT, [VAULT], ` ${VAULT.toUpperCase()}`])
			assert.equal((await credential.getToken(again))?.token, first?.token);
		assert.deepEqual(
			(await requests()).map(({ scope }) => scope?.split(" ")[0]),
			[VAULT],
		);
	});

	test("100 callers at once make one request", async () => {
		const credential = make();
		const tokens = await Promise.all(
			Array.from({ length: 100 }, () => credential.getToken(VAULT)),
		);
		assert.equal(new Set(tokens.map((token) => token?.token)).size, 1);
		assert.equal((await requests()).length, 1);
	});

	test("callers for different resources ask for each, at the same time", async () => {
		const credential = make();
		const both = await Promise.all(
			[VAULT, STORAGE].map((scope) => credential.getToken(scope)),
		);
		assert.deepEqual(
			both.map((token) => claimsOf(token?.token ?? "").aud),
			["https://vault.azure.net", "https://storage.azure.com"],
		);
	});

	test("instances start empty, unless they share a cache", async () => {
		const tokenCache = new TokenCache();
		const alone = await make().getToken(VAULT);
		const first = await make({ tokenCache }).getToken(VAULT);
		const second = await make({ tokenCache }).getToken(VAULT);
		assert.notEqual(alone?.token, first?.token);
		assert.equal(second?.token, first?.token);
		assert.equal((await requests()).length, 2);
	});

	test("tokens that can be revoked at once are kept apart from others", async () => {
		const credential = make();
		const plain = await credential.getToken(VAULT);
		const cae = await credential.getToken(VAULT, { enableCae: true });
		assert.equal(claimsOf(plain?.token ?? "").xms_cc, undefined);
		assert.deepEqual(claimsOf(cae?.token ?? "").xms_cc, ["CP1"]);
		const again = await credential.getToken(VAULT, { enableCae: true });
		assert.equal(again?.token, cae?.token);
		assert.equal((await credential.getToken(VAULT))?.token, plain?.token);
		assert.equal((await requests()).length, 2);
	});

	otherTenants(contract);

	test("the options that were passed are as they were", async () => {
		const options = Object.freeze({
			...contract.entra.options,
			additionallyAllowedTenants: Object.freeze(["*"]) as string[],
			retryOptions: Object.freeze({ maxRetries: 1 }),
		});
		const getTokenOptions = Object.freeze({ enableCae: true });
		assert.ok(
			await make(options).getToken(
				Object.freeze([VAULT]) as string[],
				getTokenOptions,
			),
		);
	});
}

function otherTenants({ entra, hasOtherTenants, make, requests }: Contract) {
	test("a tenant that is not allowed is refused without a request", async () => {
		const refused = make().getToken(VAULT, { tenantId: "elsewhere.test" });
		await assert.rejects(refused, {
			name: "CredentialUnavailableError",
			message: /elsewhere\.test.*additionallyAllowedTenants/,
		});
		assert.deepEqual(await requests(), []);
	});

	if (!hasOtherTenants) return;
	test("the list of allowed tenants is read once, trimmed and in any case, and left as it is", async () => {
		const { fabrikam } = entra.emulator.tenants;
		const allowed = [` ${fabrikam.id.toUpperCase()} `, ""];
		const given = [...allowed];
		const credential = make({ additionallyAllowedTenants: given });
		assert.deepEqual(given, allowed);
		given.length = 0;
		const { id: tenantId } = fabrikam;
		const token = await credential.getToken(VAULT, { tenantId });
		assert.equal(claimsOf(token?.token ?? "").tid, tenantId);
	});

	test("tokens of another tenant are asked for there, and kept apart", async () => {
		const { contoso, fabrikam } = entra.emulator.tenants;
		const credential = make({ additionallyAllowedTenants: [fabrikam.id] });
		const home = await credential.getToken(VAULT);
		const other = await credential.getToken(VAULT, { tenantId: fabrikam.id });
		assert.equal(claimsOf(home?.token ?? "").tid, contoso.id);
		assert.equal(claimsOf(other?.token ?? "").tid, fabrikam.id);
		const again = await credential.getToken(VAULT, {
			tenantId: fabrikam.id.toUpperCase(),
		});
		assert.equal(again?.token, other?.token);
		assert.equal((await requests()).length, 2);
	});
}
