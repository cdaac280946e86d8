import assert from "node:assert/strict";
import {
	AuthorizationCodeCredential,
	type AuthorizationCodeCredentialOptions,
	TokenCache,
} from "azidentity";
import { describe, test } from "vitest";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { codeFor } from "./sign-in-page.ts";

const entra = emulatedEntra();
const WEB_REDIRECT = "http://localhost:3000/cb";
const GRAPH = "https://graph.microsoft.com/.default";

/** What a web app makes of the code that came to its callback. */
async function signedIn(
	options: AuthorizationCodeCredentialOptions = {},
	user = entra.emulator.users.alice,
) {
	const { web } = entra.emulator.apps;
	const code = await codeFor(entra.emulator, web, WEB_REDIRECT, user);
	return withCode(code, options);
}
function withCode(code: string, options = {}, secret?: string) {
	const { apps, tenants } = entra.emulator;
	return new AuthorizationCodeCredential(
		tenants.contoso.id,
		apps.web.clientId,
		secret ?? apps.web.secrets[0],
		code,
		WEB_REDIRECT,
		{ ...entra.options, ...options },
	);
}
const grants = async () =>
	(await entra.tokenRequests()).map(({ grantType }) => grantType);

describe("A person's code is redeemed", () => {
	test("once, by a web app with its secret; then refresh tokens do", async () => {
		const credential = await signedIn();
		const tokens = await Promise.all(
			[VAULT, VAULT, STORAGE].map((scope) => credential.getToken(scope)),
		);
		const { id } = entra.emulator.users.alice;
		for (const { token } of tokens) assert.equal(claimsOf(token).oid, id);
		await credential.getToken(VAULT, { enableCae: true });
		assert.deepEqual(await grants(), [
			"authorization_code",
			"refresh_token",
			"refresh_token",
		]);
	});

	test("by a public client without one, by the verifier of its challenge, in the form that has five arguments", async () => {
		const { apps, tenants } = entra.emulator;
		const { clientId } = apps.native;
		const redirectUri = "http://localhost:4711";
		const codeVerifier = "planted-verifier-that-is-long-enough-for-rfc-7636";
		const code = await codeFor(
			entra.emulator,
			apps.native,
			redirectUri,
			entra.emulator.users.alice,
			codeVerifier,
		);
		const credential = new AuthorizationCodeCredential(
			tenants.contoso.id,
			clientId,
			code,
			redirectUri,
			{ ...entra.options, codeVerifier },
		);
		await credential.getToken(VAULT);
		await credential.getToken(STORAGE);
		assert.deepEqual(await grants(), ["authorization_code", "refresh_token"]);
	});

	test("for whoever it is of, whomever the app's cache knows", async () => {
		const tokenCache = new TokenCache();
		const { alice, bob } = entra.emulator.users;
		const first = await signedIn({ tokenCache });
		await first.getToken(VAULT);
		const second = await signedIn({ tokenCache }, bob);
		assert.equal(claimsOf((await second.getToken(VAULT)).token).oid, bob.id);
		for (const [credential, { id }] of [
			[first, alice],
			[second, bob],
		] as const)
			assert.equal(
				claimsOf((await credential.getToken(STORAGE)).token).oid,
				id,
			);
	});
});

describe("A code that has been used", () => {
	test("is not sent again: when the refresh token fails, a new sign-in is required", async () => {
		const credential = await signedIn();
		await credential.getToken(VAULT);
		await entra.emulator.revoke(entra.emulator.users.alice.username);
		const failure = await credential
			.getToken(STORAGE)
			.catch((error: unknown) => error);
		const { cause, name, scopes } = failure as Error & { scopes: string[] };
		assert.equal(name, "AuthenticationRequiredError");
		assert.deepEqual(scopes, [STORAGE]);
		assert.equal((cause as Error).name, "AuthenticationError");
		assert.deepEqual(await grants(), ["authorization_code", "refresh_token"]);
	});

	test("by somebody else is refused, and not sent again either", async () => {
		const { web } = entra.emulator.apps;
		const code = await codeFor(entra.emulator, web, WEB_REDIRECT);
		await withCode(code).getToken(VAULT);
		const late = withCode(code);
		await assert.rejects(late.getToken(VAULT), { name: "AuthenticationError" });
		await assert.rejects(late.getToken(VAULT), {
			name: "AuthenticationRequiredError",
		});
		assert.equal((await grants()).length, 2);
	});

	test("is still good after an outage, in which it may not have arrived", async () => {
		const credential = await signedIn();
		await entra.emulator.addFault({ path: "/token", reset: "at-once" });
		await assert.rejects(credential.getToken(VAULT), { isOutage: true });
		assert.equal((await grants()).length, 1);
		assert.ok(await credential.getToken(VAULT));
	});

	test("is still good after a refusal that was not about it", async () => {
		const credential = await signedIn();
		await assert.rejects(credential.getToken([GRAPH, VAULT]), {
			name: "AuthenticationError",
		});
		assert.ok(await credential.getToken(VAULT));
	});
});

test("what is missing is named before any request, in both forms, and nothing that was given is shown", async () => {
	const secretForm = ["t", "c", "the-secret", "the-code", "http://localhost/x"];
	const names = [
		"tenantId",
		"clientId",
		"clientSecret",
		"authorizationCode",
		"redirectUri",
	];
	const publicForm = ["t", "c", "the-code", "http://localhost/x"];
	for (const [form, labels] of [
		[secretForm, names],
		[publicForm, names.filter((name) => name !== "clientSecret")],
	] as const)
		for (const [index, label] of labels.entries()) {
			const args = form.map((arg, at) => (at === index ? " " : arg));
			assert.throws(
				() => Reflect.construct(AuthorizationCodeCredential, args),
				(error: Error) => {
					assert.equal(error.name, "CredentialUnavailableError");
					assert.match(error.message, new RegExp(`argument ${label} is`));
					assert.doesNotMatch(error.message, /the-/);
					return true;
				},
			);
		}
	assert.throws(
		() => new AuthorizationCodeCredential("t", "c", "the-code", "not a url"),
		{ name: "CredentialUnavailableError", message: /redirectUri is not a URL/ },
	);
	assert.equal((await entra.emulator.requests()).length, 0);
});
