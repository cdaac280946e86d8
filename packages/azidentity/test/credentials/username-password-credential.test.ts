import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { User } from "@azidentity/emulator";
import { hours } from "@azidentity/testkit";
import {
	TokenCache,
	UsernamePasswordCredential,
	type UsernamePasswordCredentialOptions,
} from "azidentity";
import { describe, test } from "vitest";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();

function credentialOf(
	options: UsernamePasswordCredentialOptions = {},
	{ username, password }: Pick<User, "username" | "password"> = entra.emulator
		.users.alice,
	tenantId = entra.emulator.tenants.contoso.id,
	{ clientId } = entra.emulator.apps.native,
) {
	return new UsernamePasswordCredential(
		tenantId,
		clientId,
		username,
		password,
		{ ...entra.options, ...options },
	);
}
const grants = async () =>
	(await entra.tokenRequests()).map(({ grantType }) => grantType);

describe("A person signs in by name and password", () => {
	test("once; other resources come by the refresh token", async () => {
		const credential = credentialOf();
		const token = await credential.getToken(VAULT);
		assert.equal(
			claimsOf(token.token).upn,
			entra.emulator.users.alice.username,
		);
		assert.equal((await credential.getToken(VAULT)).token, token.token);
		await credential.getToken(STORAGE);
		assert.deepEqual(await grants(), ["password", "refresh_token"]);
	});

	test("for 100 callers at once, who want two things, with two requests", async () => {
		const credential = credentialOf();
		const scopes = Array.from({ length: 100 }, (_, index) =>
			index % 2 === 0 ? VAULT : STORAGE,
		);
		await Promise.all(scopes.map((scope) => credential.getToken(scope)));
		assert.deepEqual(await grants(), ["password", "refresh_token"]);
	});

	test("again when the refresh token was revoked", async () => {
		let ahead = 0;
		const credential = credentialOf({ now: () => Date.now() + ahead });
		await credential.getToken(VAULT);
		await entra.emulator.revoke(entra.emulator.users.alice.username);
		ahead = hours(2);
		await credential.getToken(VAULT);
		assert.deepEqual(await grants(), ["password", "refresh_token", "password"]);
	});

	test("and of a shared cache, uses only what is that person's", async () => {
		const tokenCache = new TokenCache();
		const { azureCli } = entra.emulator.apps;
		const { alice, carol } = entra.emulator.users;
		for (const user of [alice, carol, alice]) {
			const credential = credentialOf(
				{ tokenCache },
				user,
				user.tenantId,
				azureCli,
			);
			const { token } = await credential.getToken(VAULT);
			assert.equal(claimsOf(token).oid, user.id);
		}
		assert.deepEqual(await grants(), ["password", "password"]);
	});
});

describe("A password that is refused", () => {
	test("is sent once, and the error tells what to do and not what was sent", async () => {
		const password = "planted-password";
		const { username } = entra.emulator.users.alice;
		const credential = credentialOf({}, { username, password });
		const failure = await credential.getToken(VAULT).catch((error) => error);
		assert.equal(failure.name, "AuthenticationError");
		assert.deepEqual(failure.errorResponse.errorCodes, [50126]);
		assert.match(failure.message, /Check user name and password/);
		assert.ok(
			!inspect(failure, { depth: 9, showHidden: true }).includes(password),
		);
		assert.ok(
			!inspect(credential, { depth: 9, showHidden: true }).includes(password),
		);
		assert.deepEqual(await grants(), ["password"]);
	});

	test("of a federated account says that those are not supported, without sending it again (§2.8)", async () => {
		const { username } = entra.emulator.users.alice;
		await entra.emulator.addFault({
			path: "/userrealm/",
			body: { account_type: "Federated", domain_name: "contoso.test" },
		});
		const credential = credentialOf({}, {
			username,
			password: "other",
		} as never);
		await assert.rejects(credential.getToken(VAULT), {
			name: "AuthenticationError",
			message: /federated/,
		});
		const asked = (await entra.emulator.requests()).map(({ path }) => path);
		assert.equal(asked.filter((path) => /userrealm/i.test(path)).length, 1);
		assert.deepEqual(await grants(), ["password"]);
	});

	test("of an account that needs a second factor names the claims to satisfy", async () => {
		const failure = await credentialOf({}, entra.emulator.users.bob)
			.getToken(VAULT)
			.catch((error) => error);
		assert.equal(failure.name, "AuthenticationError");
		assert.match(failure.message, /Multi-factor/);
		assert.match(failure.errorResponse.claims, /capolids/);
	});

	test("is not sent again after an outage, which says so", async () => {
		await entra.emulator.addFault({ path: "/token", status: 503, body: "" });
		await assert.rejects(credentialOf().getToken(VAULT), {
			name: "AuthenticationError",
			isOutage: true,
		});
		assert.equal((await entra.tokenRequests()).length, 1);
	});
});

test("what is missing is named before any request, and nothing that was given is shown", async () => {
	const given = ["tenant", "client", "user-name", "pass-word"] as const;
	for (const [index, name] of [
		"tenantId",
		"clientId",
		"username",
		"password",
	].entries())
		for (const bad of ["", "  ", undefined]) {
			const args = given.map((arg, at) => (at === index ? bad : arg)) as never;
			assert.throws(
				() => new UsernamePasswordCredential(...(args as typeof given)),
				(error: Error) => {
					assert.equal(error.name, "CredentialUnavailableError");
					assert.match(error.message, new RegExp(`argument ${name} is`));
					assert.doesNotMatch(error.message, /user-name|pass-word/);
					return true;
				},
			);
		}
	assert.equal((await entra.emulator.requests()).length, 0);
});
