import assert from "node:assert/strict";
import {
	type AuthenticationError,
	type AuthenticationRecord,
	AuthenticationRequiredError,
	TokenCache,
} from "azidentity";
import { describe, test } from "vitest";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { type PersonOptions, promptedPerson } from "./prompted-person.ts";

const entra = emulatedEntra();
const person = (options?: PersonOptions) => promptedPerson(entra, options);

describe("Who wants no prompts", () => {
	const quiet = { disableAutomaticAuthentication: true };

	test("is told by an AuthenticationRequiredError that has what authenticate() needs", async () => {
		const { authenticate, getToken, prompts } = person({ options: quiet });
		const options = { enableCae: true };
		const failure = await getToken(VAULT, options).catch((error) => error);
		assert.ok(failure instanceof AuthenticationRequiredError);
		assert.deepEqual(failure.scopes, [VAULT]);
		assert.deepEqual(failure.getTokenOptions, options);
		assert.equal(prompts.length, 0);
		await authenticate(failure.scopes, failure.getTokenOptions);
		assert.ok(await getToken(VAULT, options));
		assert.equal(prompts.length, 1);
	});

	test("learns why: the service's refusal is the cause, and its claims are among the options", async () => {
		const { authenticate, getToken } = person({ options: quiet });
		await authenticate(VAULT);
		const claims = '{"access_token":{"capolids":{"essential":true}}}';
		await entra.emulator.addFault({
			path: "/token",
			status: 400,
			body: {
				error: "interaction_required",
				error_description: "AADSTS50076: more is needed.",
				error_codes: [50076],
				suberror: "basic_action",
				claims,
			},
		});
		const failure = await getToken(STORAGE).catch((error) => error);
		assert.ok(failure instanceof AuthenticationRequiredError);
		assert.equal(failure.getTokenOptions?.claims, claims);
		const { cause } = failure as { cause?: { name?: string } };
		assert.equal(cause?.name, "AuthenticationError");
		// The refresh token is still good for what needs no more.
		assert.ok(await getToken("https://graph.microsoft.com/.default"));
	});

	test("prompts by authenticate(), each time, and each time learns who it was", async () => {
		const { authenticate, prompts } = person({ options: quiet });
		const first = await authenticate(VAULT);
		assert.deepEqual(await authenticate(VAULT), first);
		assert.equal(prompts.length, 2);
		const { alice } = entra.emulator.users;
		const { apps, authorityHost, tenants } = entra.emulator;
		assert.deepEqual(first, {
			authority: new URL(authorityHost).host,
			homeAccountId: `${alice.id}.${tenants.contoso.id}`,
			clientId: apps.native.clientId,
			tenantId: tenants.contoso.id,
			username: alice.username,
		});
	});
});

describe("A record", () => {
	async function recordOf(
		options: PersonOptions,
	): Promise<AuthenticationRecord> {
		return person(options).authenticate(VAULT);
	}

	test("says whose tokens to use, where the cache has those of several", async () => {
		const tokenCache = new TokenCache();
		const { fabrikam } = entra.emulator.tenants;
		const app = entra.emulator.apps.azureCli;
		const { alice, carol } = entra.emulator.users;
		const ofAlice = await recordOf({ tokenCache, app });
		const ofCarol = await recordOf({
			tokenCache,
			app,
			user: carol,
			tenantId: fabrikam.id,
		});
		for (const [authenticationRecord, { id }, tenantId] of [
			[ofAlice, alice, entra.emulator.tenants.contoso.id],
			[ofCarol, carol, fabrikam.id],
		] as const) {
			const options = { authenticationRecord };
			const { getToken, prompts } = person({
				tokenCache,
				app,
				tenantId,
				options,
			});
			assert.equal(claimsOf((await getToken(STORAGE)).token).oid, id);
			assert.equal(prompts.length, 0);
		}
	});

	test("whose account does not come back is an error, and nothing is cached", async () => {
		const tokenCache = new TokenCache();
		const { carol } = entra.emulator.users;
		const app = entra.emulator.apps.azureCli;
		const authenticationRecord = await recordOf({ app });
		const { authenticate, getToken, prompts } = person({
			tokenCache,
			app,
			user: carol,
			tenantId: "organizations",
			options: { authenticationRecord },
		});
		for (const call of [getToken, authenticate, getToken])
			await assert.rejects(call(VAULT), (error: AuthenticationError) => {
				assert.equal(error.name, "AuthenticationError");
				assert.equal(error.errorResponse.error, "account_mismatch");
				return true;
			});
		assert.equal(prompts.length, 3);
		// The person who was expected can be found in no cache, and who came instead must not be.
		assert.deepEqual(
			await tokenCache.accounts({
				clientId: app.clientId,
				environment: authenticationRecord.authority,
			}),
			[],
		);
	});
});

describe("Without a record", () => {
	const alice = () => entra.emulator.users.alice;

	test("the one account that a shared cache knows is used without a prompt", async () => {
		const tokenCache = new TokenCache();
		await person({ tokenCache }).getToken(VAULT);
		const { getToken, prompts } = person({ tokenCache });
		assert.equal(claimsOf((await getToken(VAULT)).token).oid, alice().id);
		assert.equal(prompts.length, 0);
	});

	test("nobody is guessed among several, and the error says how many there are but not who", async () => {
		const tokenCache = new TokenCache();
		const { carol } = entra.emulator.users;
		const app = entra.emulator.apps.azureCli;
		const tenantId = "organizations";
		const shared = { tokenCache, app, tenantId };
		await person(shared).getToken(VAULT);
		await person({ ...shared, user: carol }).authenticate(VAULT);
		const { getToken, prompts } = person({
			...shared,
			options: { disableAutomaticAuthentication: true },
		});
		await assert.rejects(getToken(VAULT), (error: Error) => {
			assert.equal(error.name, "AuthenticationRequiredError");
			assert.match(error.message, /2 accounts/);
			assert.doesNotMatch(error.message, /alice|carol|@/i);
			return true;
		});
		assert.equal(prompts.length, 0);

		const prompting = person({ ...shared, user: carol });
		assert.equal(
			claimsOf((await prompting.getToken(VAULT)).token).oid,
			carol.id,
		);
		assert.equal(prompting.prompts.length, 1);

		const hinted = person({
			...shared,
			loginHint: carol.username.toUpperCase(),
		});
		assert.equal(claimsOf((await hinted.getToken(VAULT)).token).oid, carol.id);
		assert.equal(hinted.prompts.length, 0);
	});

	test("two people on one cache never get each other's tokens", async () => {
		const tokenCache = new TokenCache();
		const { carol } = entra.emulator.users;
		const app = entra.emulator.apps.azureCli;
		const shared = {
			tokenCache,
			app,
			tenantId: "organizations",
			isOnlyPrompted: true,
		};
		const one = person(shared);
		const other = person({ ...shared, user: carol });
		const [ofAlice, ofCarol] = await Promise.all([
			one.getToken(VAULT),
			other.getToken(VAULT),
		]);
		assert.equal(claimsOf(ofAlice.token).oid, alice().id);
		assert.equal(claimsOf(ofCarol.token).oid, carol.id);
		for (const scope of [VAULT, STORAGE]) {
			assert.equal(claimsOf((await one.getToken(scope)).token).oid, alice().id);
			assert.equal(claimsOf((await other.getToken(scope)).token).oid, carol.id);
		}
	});

	test("whoever signs in next takes the place of who did before", async () => {
		const { carol } = entra.emulator.users;
		const session = person({
			app: entra.emulator.apps.azureCli,
			tenantId: "organizations",
		});
		await session.getToken(VAULT);
		session.person.user = carol;
		await session.authenticate(VAULT);
		assert.equal(claimsOf((await session.getToken(VAULT)).token).oid, carol.id);
		assert.equal(
			claimsOf((await session.getToken(STORAGE)).token).oid,
			carol.id,
		);
		assert.equal(session.prompts.length, 2);
	});
});
