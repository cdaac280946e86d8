import assert from "node:assert/strict";
import { TokenCache } from "azidentity";
import { describe, test } from "vitest";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { promptedPerson } from "./prompted-person.ts";

const entra = emulatedEntra();

const ID = { tid: "22222222-2222-2222-2222-222222222222" };
const jwt = (claims: object) =>
	`e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
const clientInfo = (info: object) =>
	Buffer.from(JSON.stringify(info)).toString("base64url");

/** A person whose next answers from the token endpoint are these. */
async function answered(...bodies: object[]) {
	const tokenCache = new TokenCache();
	const person = promptedPerson(entra, { tokenCache });
	for (const body of bodies)
		await entra.emulator.addFault({
			path: "/token",
			body: { token_type: "Bearer", expires_in: 3_599, ...body },
		});
	const known = () =>
		tokenCache.accounts({
			clientId: entra.emulator.apps.native.clientId,
			environment: new URL(entra.emulator.authorityHost).host,
		});
	return { ...person, known };
}
const idToken = (claims: object = {}) =>
	jwt({
		...ID,
		aud: entra.emulator.apps.native.clientId,
		sub: "subject",
		oid: "object",
		preferred_username: "p@contoso.test",
		...claims,
	});

describe("An answer without client_info (§11 row 24)", () => {
	test("gives the account of the id token, and nobody is prompted again", async () => {
		const { getToken, known, prompts } = await answered(
			{ access_token: "one", id_token: idToken(), refresh_token: "r" },
			{ access_token: "two", id_token: idToken() },
		);
		assert.equal((await getToken(VAULT)).token, "one");
		assert.equal((await getToken(VAULT)).token, "one");
		assert.equal((await getToken(STORAGE)).token, "two");
		assert.equal(prompts.length, 1);
		assert.deepEqual(
			(await known()).map(({ homeAccountId }) => homeAccountId),
			["subject"],
		);
	});

	test("to a refresh is of the account that was refreshed", async () => {
		const info = { client_info: clientInfo({ uid: "object", utid: "home" }) };
		const { getToken, known, prompts } = await answered(
			{
				access_token: "one",
				id_token: idToken(),
				refresh_token: "r",
				...info,
			},
			{ access_token: "two", id_token: idToken() },
			{ access_token: "three" },
			{ access_token: "four", ...info },
		);
		await getToken(VAULT);
		assert.equal((await getToken(STORAGE)).token, "two");
		assert.equal((await getToken("a/.default")).token, "three");
		assert.equal((await getToken("b/.default")).token, "four");
		assert.deepEqual(
			(await known()).map(({ username }) => username),
			["p@contoso.test"],
		);
		assert.equal((await getToken(STORAGE)).token, "two");
		assert.equal(prompts.length, 1);
	});

	test("and without an id token is a clear error, and nothing is kept", async () => {
		const { getToken, known } = await answered({
			access_token: "planted",
			refresh_token: "planted",
		});
		await assert.rejects(getToken(VAULT), {
			name: "AuthenticationError",
			message: /does not say who signed in/,
		});
		assert.deepEqual(await known(), []);
		const { token } = await getToken(VAULT);
		assert.equal(claimsOf(token).oid, entra.emulator.users.alice.id);
	});
});

test("An answer without id token names the account all the same", async () => {
	const { authenticate } = await answered({
		access_token: "one",
		client_info: clientInfo({ uid: "object", utid: "home" }),
	});
	const { homeAccountId, username } = await authenticate(VAULT);
	assert.deepEqual([homeAccountId, username], ["object.home", ""]);
});

describe("An id token that is not for this sign-in is an error, and nothing is kept", () => {
	test.each([
		["of another client", { aud: "another" }],
		["of no tenant", { tid: "somewhere" }],
		["of nobody", { sub: "", oid: "" }],
	])("%s", async (_, claims) => {
		const { getToken, known } = await answered({
			access_token: "planted",
			id_token: idToken(claims),
			refresh_token: "planted",
		});
		await assert.rejects(getToken(VAULT), { name: "AuthenticationError" });
		assert.deepEqual(await known(), []);
	});
});

test("A refresh that answers with somebody else is an error: their token is not handed out", async () => {
	const home = (uid: string) => clientInfo({ uid, utid: "home" });
	const { getToken, prompts } = await answered(
		{
			access_token: "one",
			id_token: idToken(),
			refresh_token: "r",
			client_info: home("alice"),
		},
		{
			access_token: "two",
			id_token: idToken({ oid: "bob" }),
			refresh_token: "of-bob",
			client_info: home("bob"),
		},
	);
	await getToken(VAULT);
	await assert.rejects(getToken(STORAGE), {
		name: "AuthenticationError",
		message: /another account/,
	});
	assert.equal((await getToken(VAULT)).token, "one");
	assert.equal(prompts.length, 1);
});

describe("Personal accounts and others", () => {
	const PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad";
	test.each([
		["consumers", "home", false],
		["consumers", PERSONAL, true],
		["organizations", PERSONAL, false],
		["organizations", "home", true],
		["common", PERSONAL, true],
		["common", "home", true],
	])(
		"a credential for %s takes an account of %s: %s",
		async (tenantId, utid, isTaken) => {
			const tokenCache = new TokenCache();
			await entra.emulator.addFault({
				path: "/token",
				body: {
					token_type: "Bearer",
					expires_in: 3_599,
					access_token: "one",
					id_token: idToken(),
					refresh_token: "r",
					client_info: clientInfo({ uid: "u", utid }),
				},
			});
			await promptedPerson(entra, { tokenCache }).authenticate(VAULT);
			const { getToken } = promptedPerson(entra, {
				tokenCache,
				tenantId,
				options: { disableAutomaticAuthentication: true },
			});
			const failure = await getToken(VAULT).catch((error) => error);
			// The refresh token is made up, and the emulator has no personal accounts: whoever asks it is refused.
			const isAsked =
				failure.cause !== undefined || failure.name === "AuthenticationError";
			assert.equal(isAsked, isTaken, failure.message);
		},
	);
});
