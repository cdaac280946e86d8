import assert from "node:assert/strict";
import { ask, job, test } from "./conversation.mjs";

export const VAULT = "https://vault.azure.net/.default";
const STORAGE = "https://storage.azure.com/.default";

/** Options of a credential that asks the emulator. */
export const options = {
	authorityHost: job.authorityHost,
	disableInstanceDiscovery: true,
	tlsOptions: { ca: job.ca },
};

/** The application that signs in by its secret. */
export function withSecret({ ClientSecretCredential }, more = {}) {
	return new ClientSecretCredential(job.tenantId, job.clientId, job.secret, {
		...options,
		...more,
	});
}

export async function applications(azidentity) {
	await test("100 callers at once make one request, and callers after them none", async () => {
		const credential = withSecret(azidentity);
		await ask("clearRequests");
		const tokens = await Promise.all(
			Array.from({ length: 100 }, () => credential.getToken(VAULT)),
		);
		const again = await credential.getToken(VAULT);
		assert.ok(again.expiresOnTimestamp > Date.now());
		for (const { token } of tokens) assert.equal(token, again.token);
		assert.deepEqual(await ask("tokenRequests"), ["client_credentials"]);
	});

	await test("an application signs in by a certificate: PEM, and PKCS#12 with the ciphers of old", async () => {
		const { ClientCertificateCredential } = azidentity;
		const { certificate, pkcs12, pkcs12Password } = job;
		for (const given of [
			{ certificate },
			{
				certificate: Buffer.from(pkcs12, "base64"),
				certificatePassword: pkcs12Password,
			},
		]) {
			const { tenantId, clientId } = job;
			const credential = new ClientCertificateCredential(
				tenantId,
				clientId,
				given,
				options,
			);
			assert.ok((await credential.getToken(VAULT)).token);
		}
	});

	await test("a machine has its identity, by one request over plain HTTP", async () => {
		process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = job.managedIdentityUrl;
		try {
			const credential = new azidentity.ManagedIdentityCredential();
			await ask("clearRequests");
			const tokens = await Promise.all([
				credential.getToken(STORAGE),
				credential.getToken(STORAGE),
			]);
			assert.equal(tokens[0].token, tokens[1].token);
			assert.equal((await ask("requests")).length, 1);
		} finally {
			delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
		}
	});

	await test("the authority of the environment is trusted: what the runtime itself trusts, we trust", async () => {
		const { token } = await withSecret(azidentity, {
			tlsOptions: undefined,
		}).getToken(VAULT);
		assert.ok(token);
	});
}
