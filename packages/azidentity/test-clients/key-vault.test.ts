import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { SecretClient } from "@azure/keyvault-secrets";
import { CredentialUnavailableError, type TokenCredential } from "azidentity";
import { SignJWT } from "jose";
import { describe, onTestFinished, test } from "vitest";
import { emulatedAzure } from "./emulated-azure.ts";
import { startKeyVault } from "./key-vault.ts";

describe("the client of Key Vault", () => {
	const azure = emulatedAzure();

	async function vaultOf({ id } = azure.emulator.tenants.contoso) {
		const vault = await startKeyVault(azure.emulator, id);
		onTestFinished(() => vault.close());
		return {
			...vault,
			client: (credential: TokenCredential, isVerified = false) =>
				new SecretClient(vault.url, credential, {
					...azure.clientOptions,
					// Real vaults have names below the resource of the challenge.
					disableChallengeResourceVerification: !isVerified,
					retryOptions: { maxRetries: 0 },
				}),
		};
	}

	test("secrets are set, got, rotated and listed for one token request", async () => {
		const vault = await vaultOf();
		const client = vault.client(azure.daemon());
		const first = await client.setSecret("door", "1234");
		await client.setSecret("door", "5678");
		assert.equal((await client.getSecret("door")).value, "5678");
		const { version } = first.properties;
		assert.ok(version);
		assert.equal((await client.getSecret("door", { version })).value, "1234");
		const versions = [];
		for await (const each of client.listPropertiesOfSecretVersions("door"))
			versions.push(each.version);
		assert.equal(versions.length, 2);
		const [unknown, ...known] = vault.visits;
		assert.deepEqual([unknown?.status, unknown?.tokenId], [401, undefined]);
		assert.ok(known.every(({ status }) => status === 200));
		assert.equal((await azure.tokenRequests()).length, 1);
	});

	test("a revocation costs one challenge and one new token, and the old one is never used again", async () => {
		const vault = await vaultOf();
		const credential = azure.daemon();
		const client = vault.client(credential);
		await client.setSecret("door", "1234");
		const old = vault.visits.at(-1)?.tokenId;
		assert.ok(old);

		await azure.emulator.revoke(azure.emulator.apps.daemon.clientId);
		const before = vault.visits.length;
		assert.equal((await client.getSecret("door")).value, "1234");
		const [challenged, answered, ...more] = vault.visits.slice(before);
		assert.deepEqual([challenged?.status, challenged?.tokenId], [401, old]);
		assert.match(challenged?.challenge ?? "", /insufficient_claims/);
		assert.equal(answered?.status, 200);
		assert.deepEqual(more, []);
		const requests = await azure.tokenRequests();
		assert.deepEqual(
			requests.map(({ claims }) => claims),
			// The first one names what the client understands, the second the challenge as well.
			[true, true],
		);

		// Another client of the credential has never heard of the challenge, and is not met by one.
		await vault.client(credential).getSecret("door");
		await client.getSecret("door");
		const later = vault.visits.slice(before + 1).map(({ tokenId }) => tokenId);
		assert.ok(!later.includes(old));
		assert.equal((await azure.tokenRequests()).length, 2);
	});

	test("callers who are challenged at once all get their secret", async () => {
		const vault = await vaultOf();
		const client = vault.client(azure.daemon());
		await client.setSecret("door", "1234");
		await azure.emulator.revoke(azure.emulator.apps.daemon.clientId);
		const callers = Array.from({ length: 20 }, () => client.getSecret("door"));
		for (const { value } of await Promise.all(callers))
			assert.equal(value, "1234");
		const [, { tokenId: old } = {}, ...later] = vault.visits;
		const answered = later.filter(({ status }) => status === 200);
		assert.equal(answered.length, callers.length);
		assert.ok(answered.every(({ tokenId }) => tokenId !== old));
		// Who is challenged while another's answer is under way shares it.
		const challenged = later.length - answered.length;
		assert.ok((await azure.tokenRequests()).length <= 1 + challenged);
	});

	test("a vault of another tenant gets that tenant's token, when the credential may ask for one", async () => {
		const vault = await vaultOf(azure.emulator.tenants.fabrikam);
		const everywhere = azure.daemon({ additionallyAllowedTenants: ["*"] });
		await vault.client(everywhere).setSecret("door", "1234");
		await assert.rejects(
			vault.client(azure.daemon()).getSecret("door"),
			CredentialUnavailableError,
		);
		const { id } = azure.emulator.tenants.fabrikam;
		const [request, ...more] = await azure.tokenRequests();
		assert.ok(request?.path.startsWith(`/${id}/`));
		assert.deepEqual(more, []);
	});

	test("a server that names another resource than its own gets no token", async () => {
		const vault = await vaultOf();
		await assert.rejects(
			vault.client(azure.daemon(), true).getSecret("door"),
			/does not match the requested domain/,
		);
		assert.equal((await azure.tokenRequests()).length, 0);
	});

	test("the vault turns away what is not a token for it", async () => {
		const vault = await vaultOf();
		const { token } = await azure
			.daemon()
			.getToken("https://storage.azure.com/.default");
		const others = [token, await forged(azure.emulator.tenants.contoso.id)];
		for (const other of others) {
			const stranger: TokenCredential = {
				getToken: async () => ({
					token: other,
					expiresOnTimestamp: Date.now() + 3_600_000,
				}),
			};
			await assert.rejects(
				vault.client(stranger).getSecret("door"),
				(error: { statusCode?: number }) => error.statusCode === 401,
			);
		}
		assert.deepEqual(
			vault.visits.map(
				({ challenge }) => /description="(\w+)/.exec(challenge ?? "")?.[1],
			),
			[
				...[undefined, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
				...[undefined, "ERR_JWKS_NO_MATCHING_KEY"],
			],
		);
	});
});

/** All that a vault looks for, signed by a key that is not Entra's. */
function forged(tenantId: string): Promise<string> {
	const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	return new SignJWT({ oid: "somebody", uti: "some token" })
		.setProtectedHeader({ alg: "RS256", kid: "mine" })
		.setIssuer(`https://sts.windows.net/${tenantId}/`)
		.setAudience("https://vault.azure.net")
		.setIssuedAt()
		.setNotBefore("0s")
		.setExpirationTime("1h")
		.sign(privateKey);
}
