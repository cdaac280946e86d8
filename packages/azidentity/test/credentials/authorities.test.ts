import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "@azidentity/emulator";
import {
	AuthenticationError,
	ClientCertificateCredential,
	ClientSecretCredential,
	type ClientSecretCredentialOptions,
} from "azidentity";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { VAULT } from "./emulated-entra.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startEmulator({ elsewhere: "tunnel" });
});
afterEach(async () => {
	await emulator.clearFaults();
	await emulator.clearRequests();
});
afterAll(() => emulator.close());

/** Everything goes through the emulator's proxy, which is where Microsoft's own names lead to the emulator. */
function options(): ClientSecretCredentialOptions {
	const { hostname, port } = new URL(emulator.proxyUrl);
	return {
		authorityHost: emulator.authorityHost,
		proxyOptions: { host: `http://${hostname}`, port: Number(port) },
		tlsOptions: { ca: emulator.ca },
		retryOptions: { maxRetries: 0 },
	};
}

const bySecret = (tenantId: string) =>
	new ClientSecretCredential(
		tenantId,
		emulator.apps.daemon.clientId,
		emulator.apps.daemon.secrets[0],
		options(),
	);

/** What was asked of whom. */
async function asked(): Promise<string[]> {
	return (await emulator.requests()).map(
		({ host, method, path }) => `${method} ${host}${path}`,
	);
}

describe("An authority that no cloud names", () => {
	test("is vouched for by Microsoft, says where its endpoints are, and is asked there", async () => {
		const { id } = emulator.tenants.contoso;
		const { host } = new URL(emulator.authorityHost);
		const credential = bySecret(id);
		await credential.getToken(VAULT);
		await credential.getToken(VAULT, { claims: "{}" });
		assert.deepEqual(await asked(), [
			"GET login.microsoftonline.com/common/discovery/instance",
			`GET ${host}/${id}/v2.0/.well-known/openid-configuration`,
			`POST ${host}/${id}/oauth2/v2.0/token`,
			`POST ${host}/${id}/oauth2/v2.0/token`,
		]);
	});

	test("and that Microsoft does not know either, never hears of the secret", async () => {
		const credential = new ClientSecretCredential(
			"contoso.test",
			"client",
			"secret",
			{ ...options(), authorityHost: "https://login.evil.test" },
		);
		await assert.rejects(credential.getToken(VAULT), (error) => {
			assert.ok(error instanceof AuthenticationError);
			assert.deepEqual(error.errorResponse.errorCodes, [50049]);
			assert.match(error.message, /check authorityHost/);
			return true;
		});
		assert.deepEqual(await asked(), [
			"GET login.microsoftonline.com/common/discovery/instance",
		]);
	});
});

describe("An ADFS server", () => {
	const paths = [
		"/adfs/.well-known/openid-configuration",
		"/adfs/oauth2/token/",
	];

	test("is asked for its own endpoints, and nobody is asked about it", async () => {
		const { host } = new URL(emulator.authorityHost);
		await bySecret("adfs").getToken(VAULT);
		assert.deepEqual(await asked(), [
			`GET ${host}${paths[0]}`,
			`POST ${host}${paths[1]}`,
		]);
	});

	test("takes a certificate's assertion: in the form that it reads, for its endpoint with the slash", async () => {
		const credential = new ClientCertificateCredential(
			"adfs",
			emulator.apps.daemon.clientId,
			{ certificate: emulator.appCertificate.pem },
			options(),
		);
		assert.ok(await credential.getToken(VAULT));
	});

	test("is the only tenant there is, whatever a call names", async () => {
		const credential = bySecret("adfs");
		const { token } = await credential.getToken(VAULT);
		const other = await credential.getToken(VAULT, { tenantId: "contoso.com" });
		assert.equal(other.token, token);
	});

	test("is called by its name when it refuses", async () => {
		const credential = new ClientSecretCredential(
			"adfs",
			emulator.apps.daemon.clientId,
			"not the secret",
			options(),
		);
		const { host } = new URL(emulator.authorityHost);
		await assert.rejects(credential.getToken(VAULT), {
			name: "AuthenticationError",
			message: new RegExp(`^ClientSecretCredential: ADFS at ${host} refused`),
		});
	});
});
