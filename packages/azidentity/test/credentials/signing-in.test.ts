import assert from "node:assert/strict";
import { hours } from "@azidentity/testkit";
import { describe, test } from "vitest";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { type PersonOptions, promptedPerson } from "./prompted-person.ts";

const entra = emulatedEntra();
const person = (options?: PersonOptions) => promptedPerson(entra, options);
const grants = async () =>
	(await entra.tokenRequests()).map(({ grantType }) => grantType);

/** A clock that starts now, where the emulator's does, and is moved by the test. */
function movedClock() {
	let ahead = 0;
	return {
		now: () => Date.now() + ahead,
		advance: (milliseconds: number) => {
			ahead += milliseconds;
		},
	};
}

describe("A person signs in once", () => {
	test("and gets tokens for other resources without being asked again", async () => {
		const { getToken, prompts } = person();
		const vault = await getToken(VAULT);
		const storage = await getToken(STORAGE);
		assert.equal(claimsOf(vault.token).aud, "https://vault.azure.net");
		assert.equal(claimsOf(storage.token).aud, "https://storage.azure.com");
		assert.equal(claimsOf(storage.token).oid, entra.emulator.users.alice.id);
		assert.equal((await getToken(VAULT)).token, vault.token);
		assert.equal(prompts.length, 1);
		assert.deepEqual(await grants(), ["password", "refresh_token"]);
	});

	test("and has an expired token replaced without being asked again", async () => {
		const clock = movedClock();
		const { getToken, prompts } = person({ options: { now: clock.now } });
		const first = await getToken(VAULT);
		clock.advance(hours(2));
		assert.notEqual((await getToken(VAULT)).token, first.token);
		assert.equal(prompts.length, 1);
	});

	test("for both flavours of token, which are kept apart", async () => {
		const { getToken, prompts } = person();
		const plain = await getToken(VAULT);
		const cae = await getToken(VAULT, { enableCae: true });
		assert.notEqual(cae.token, plain.token);
		assert.deepEqual(claimsOf(cae.token).xms_cc, ["CP1"]);
		assert.equal((await getToken(VAULT)).token, plain.token);
		assert.equal(prompts.length, 1);
	});

	test("and is asked again only when the service takes the refresh token no longer", async () => {
		const clock = movedClock();
		const { getToken, prompts } = person({ options: { now: clock.now } });
		await getToken(VAULT);
		await entra.emulator.revoke(entra.emulator.users.alice.username);
		clock.advance(hours(2));
		await getToken(VAULT);
		assert.equal(prompts.length, 2);
		assert.deepEqual(await grants(), ["password", "refresh_token", "password"]);
	});

	test("and has a token that is due replaced behind their back, or kept when that fails: nobody is prompted for a token that lives", async () => {
		await entra.emulator.configure({ refreshIn: 60_000 });
		try {
			const clock = movedClock();
			const { getToken, prompts } = person({ options: { now: clock.now } });
			const first = await getToken(VAULT);
			clock.advance(61_000);
			assert.equal((await getToken(VAULT)).token, first.token);
			while ((await getToken(VAULT)).token === first.token)
				await new Promise(setImmediate);
			const second = await getToken(VAULT);
			await entra.emulator.revoke(entra.emulator.users.alice.username);
			clock.advance(61_000);
			assert.equal((await getToken(VAULT)).token, second.token);
			while ((await grants()).length < 3) await new Promise(setImmediate);
			assert.equal((await getToken(VAULT)).token, second.token);
			assert.equal(prompts.length, 1);
		} finally {
			await entra.emulator.configure({ refreshIn: null });
		}
	});

	test("and a refresh token that is dead is tried once", async () => {
		const options = { disableAutomaticAuthentication: true };
		const { authenticate, getToken } = person({ options });
		await authenticate(VAULT);
		await entra.emulator.revoke(entra.emulator.users.alice.username);
		for (const scope of [STORAGE, STORAGE])
			await assert.rejects(getToken(scope), {
				name: "AuthenticationRequiredError",
			});
		assert.deepEqual(await grants(), ["password", "refresh_token"]);
	});

	test("and the claims of a challenge are for one call (§11 row 5)", async () => {
		const { getToken, prompts } = person();
		await getToken(VAULT);
		const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
		const answer = await getToken(VAULT, { claims });
		const again = await getToken(VAULT);
		assert.equal(again.token, answer.token);
		await getToken(STORAGE);
		assert.deepEqual(
			(await entra.tokenRequests()).map(({ claims }) => claims ?? false),
			[false, true, false],
		);
		assert.equal(prompts.length, 1);
	});

	test("and the newest refresh token is used: with strict rotation, an old one would end all of them", async () => {
		await entra.emulator.configure({ strictRotation: true });
		try {
			const { getToken, prompts } = person();
			for (const scope of [
				VAULT,
				STORAGE,
				"https://graph.microsoft.com/.default",
			])
				await getToken(scope);
			await getToken(VAULT, { enableCae: true });
			await getToken(STORAGE, { enableCae: true });
			assert.equal(prompts.length, 1);
		} finally {
			await entra.emulator.configure({ strictRotation: false });
		}
	});
});

describe("A tenant's token", () => {
	const answerOf = (token: string) => ({
		token_type: "Bearer",
		expires_in: 3_599,
		access_token: token,
	});

	test("comes from that tenant, by the same refresh token; the home tenant's is never handed out for it (§11 row 4)", async () => {
		const { fabrikam } = entra.emulator.tenants;
		const { getToken, prompts } = person({
			options: { additionallyAllowedTenants: [fabrikam.id] },
		});
		const home = await getToken(VAULT);
		// The emulator has no guests: this is what a tenant that has would answer.
		await entra.emulator.addFault({
			path: `/${fabrikam.id}/oauth2/v2.0/token`,
			body: answerOf("of-fabrikam"),
		});
		const away = await getToken(VAULT, { tenantId: fabrikam.id });
		assert.equal(away.token, "of-fabrikam");
		assert.equal((await getToken(VAULT)).token, home.token);
		assert.equal(
			(await getToken(VAULT, { tenantId: fabrikam.id })).token,
			"of-fabrikam",
		);
		const last = (await entra.tokenRequests()).at(-1);
		assert.equal(last?.grantType, "refresh_token");
		assert.match(last?.path ?? "", new RegExp(fabrikam.id));
		assert.equal(prompts.length, 1);
	});

	test("is refused before any request, and authenticate() refuses it too, when the tenant is not allowed", async () => {
		const { authenticate, getToken, prompts } = person();
		const { fabrikam } = entra.emulator.tenants;
		for (const call of [getToken, authenticate])
			await assert.rejects(call(VAULT, { tenantId: fabrikam.id }), {
				name: "CredentialUnavailableError",
			});
		assert.equal(prompts.length, 0);
	});
});

describe("A trouble of the service is not the person's", () => {
	for (const [what, fault] of [
		["an answer of 503", { status: 503, body: {} }],
		[
			"an answer of 503 that blames the token",
			{ status: 503, body: { error: "invalid_grant" } },
		],
		[
			"throttling",
			{ status: 429, headers: { "retry-after": "600" }, body: {} },
		],
		["a connection that is cut", { reset: "at-once" as const }],
		[
			"a refusal of the client",
			{ status: 401, body: { error: "invalid_client" } },
		],
	] as const)
		test(`${what} on a refresh is an AuthenticationError and no prompt (§11 row 9)`, async () => {
			const { getToken, prompts } = person();
			await getToken(VAULT);
			await entra.emulator.addFault({ path: "/token", times: null, ...fault });
			await assert.rejects(getToken(STORAGE), { name: "AuthenticationError" });
			await entra.emulator.clearFaults();
			assert.equal(prompts.length, 1);
		});
});
