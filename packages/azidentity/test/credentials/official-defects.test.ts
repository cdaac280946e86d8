// What official clients get wrong (docs/decisions/official-defects.md), as rules that we keep. The rows that are tested
// where the mechanism is tested are not repeated here; that page says where each one is.
import assert from "node:assert/strict";
import { hours, minutes } from "@azidentity/testkit";
import { AzureAuthorityHosts, OnBehalfOfCredential } from "azidentity";
import { test } from "vitest";
import {
	CLIENT_ID,
	GRANTED,
	ScriptedService,
	TENANT,
} from "../entra/scripted-service.ts";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();

/** Row 7: the second call during the outage threw, although the token had most of an hour to live. */
test("a service that wants to be left alone is left alone, and every caller gets the token that still lives", async () => {
	const { emulator } = entra;
	let later = 0;
	await emulator.configure({
		accessTokenLifetime: hours(1),
		refreshIn: minutes(10),
	});
	try {
		const credential = entra.daemon({ now: () => Date.now() + later });
		const first = await credential.getToken(VAULT);
		await emulator.addFault({
			path: "/token",
			times: null,
			status: 429,
			headers: { "retry-after": "300" },
			body: { error: "temporarily_unavailable" },
		});
		later = minutes(15);
		for (let call = 0; call < 5; call += 1) {
			assert.equal((await credential.getToken(VAULT)).token, first.token);
			await asked(2);
		}
		// When the wait is over and the service is well, the token is replaced.
		await emulator.clearFaults();
		later = minutes(25);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		await asked(3);
		await until(
			async () => (await credential.getToken(VAULT)).token !== first.token,
		);
	} finally {
		await emulator.configure({ refreshIn: null });
	}
});

/** Row 12: the look-up was by the assertion alone, so that a tenant got the token of another. */
test("a token on behalf of a user is for the tenant it was asked of", async () => {
	const service = new ScriptedService(
		{ body: { ...GRANTED, access_token: "of-home" } },
		{ body: { ...GRANTED, access_token: "of-contoso" } },
	);
	const credential = new OnBehalfOfCredential({
		tenantId: TENANT,
		clientId: CLIENT_ID,
		clientSecret: "secret",
		userAssertionToken: "the-user's-token",
		additionallyAllowedTenants: ["contoso.com"],
		...service.options(),
	});
	const ask = async (tenantId?: string) =>
		(await credential.getToken(VAULT, tenantId ? { tenantId } : {})).token;
	assert.equal(await ask(), "of-home");
	assert.equal(await ask("contoso.com"), "of-contoso");
	assert.equal(await ask(), "of-home");
	assert.equal(service.seen.length, 2);
});

/** Row 13: the token was filed under what the service said, and looked for under what the caller said. */
test("a token is found again by the scope it was asked for, whatever scope the service names", async () => {
	for (const scope of [
		"https://vault.azure.net/.DEFAULT",
		"Secrets.Read",
		"",
	]) {
		const service = new ScriptedService({ body: { ...GRANTED, scope } });
		const credential = entra.daemon(
			service.options({ authorityHost: AzureAuthorityHosts.AzurePublicCloud }),
		);
		const first = await credential.getToken(VAULT);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		assert.equal(service.seen.length, 1);
	}
});

/** Resolves when the authority has been asked for this many tokens, and fails when it was asked for more. */
async function asked(count: number): Promise<void> {
	await until(async () => (await entra.tokenRequests()).length >= count);
	assert.equal((await entra.tokenRequests()).length, count);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
	while (!(await isSo())) await new Promise((again) => setImmediate(again));
}
