import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
	AuthorizationCodeCredential,
	DeviceCodeCredential,
	UsernamePasswordCredential,
} from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import {
	claimsOf,
	emulatedEntra,
	STORAGE,
	VAULT,
} from "../credentials/emulated-entra.ts";
import { codeFor } from "../credentials/sign-in-page.ts";
import { needsKeyring } from "./needs-keyring.ts";
import { newCache } from "./programs.ts";

needsKeyring();

const entra = emulatedEntra();

describe("A person who signed in, on disk", () => {
	let cache: ReturnType<typeof newCache>;
	beforeEach(() => {
		cache = newCache();
	});
	afterEach(() => cache.remove());

	const onDisk = () => {
		const { name, directory } = cache;
		return {
			...entra.options,
			tokenCachePersistenceOptions: { enabled: true, name, directory },
		};
	};
	/** A credential that may ask nobody. */
	const silent = () =>
		new DeviceCodeCredential({
			...onDisk(),
			tenantId: entra.emulator.tenants.contoso.id,
			clientId: entra.emulator.apps.native.clientId,
			disableAutomaticAuthentication: true,
		});
	async function signInByCode() {
		const { apps, tenants, users } = entra.emulator;
		const redirectUri = "http://localhost:4711";
		const codeVerifier = "planted-verifier-that-is-long-enough-for-rfc-7636";
		const code = await codeFor(
			entra.emulator,
			apps.native,
			redirectUri,
			users.alice,
			codeVerifier,
		);
		return new AuthorizationCodeCredential(
			tenants.contoso.id,
			apps.native.clientId,
			code,
			redirectUri,
			{ ...onDisk(), codeVerifier },
		).getToken(VAULT);
	}

	test("by a code is not asked again: the next credential finds the token, and gets others by the refresh token", async () => {
		const { token } = await signInByCode();
		await entra.emulator.clearRequests();
		assert.equal((await silent().getToken(VAULT)).token, token);
		assert.equal((await entra.tokenRequests()).length, 0);
		const other = await silent().getToken(STORAGE);
		assert.equal(claimsOf(other.token).oid, entra.emulator.users.alice.id);
		assert.deepEqual(
			(await entra.tokenRequests()).map(({ grantType }) => grantType),
			["refresh_token"],
		);
	});

	test("gets tokens of the other kind by the same refresh token", async () => {
		await signInByCode();
		await entra.emulator.clearRequests();
		const { token } = await silent().getToken(VAULT, { enableCae: true });
		assert.deepEqual(claimsOf(token).xms_cc, ["CP1"]);
		assert.deepEqual(
			(await entra.tokenRequests()).map(({ grantType }) => grantType),
			["refresh_token"],
		);
	});

	test("cannot be read there", async () => {
		const { token } = await signInByCode();
		const { username } = entra.emulator.users.alice;
		const hidden = [token, username, entra.emulator.users.alice.id];
		for (const file of readdirSync(cache.directory)) {
			const bytes = readFileSync(path.join(cache.directory, file), "latin1");
			for (const secret of hidden) assert.ok(!bytes.includes(secret), file);
		}
	});

	test("is one of two after somebody else signed in: then none is guessed, and the message names neither", async () => {
		await signInByCode();
		const { apps, tenants, users } = entra.emulator;
		await entra.emulator.updateUser(users.bob.username, { mfa: false });
		await new UsernamePasswordCredential(
			tenants.contoso.id,
			apps.native.clientId,
			users.bob.username,
			users.bob.password,
			onDisk(),
		).getToken(VAULT);
		await assert.rejects(silent().getToken(VAULT), (error: Error) => {
			assert.equal(error.name, "AuthenticationRequiredError");
			assert.match(error.message, /2/);
			for (const name of [users.alice.username, users.bob.username])
				assert.ok(!error.message.includes(name));
			return true;
		});
	});
});
