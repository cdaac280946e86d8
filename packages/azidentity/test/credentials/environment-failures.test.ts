import assert from "node:assert/strict";
import { AuthenticationError, TokenCache } from "azidentity";
import { beforeEach, describe, test } from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { azureEnvironment } from "./azure-environment.ts";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();

const {
	credential: credentialOf,
	daemon,
	secret,
	set,
} = azureEnvironment(entra);
const grants = async () =>
	(await entra.tokenRequests()).map(({ grantType }) => grantType);

describe("A failure is the one of the credential behind, of the same class and with the same fields, under this name", () => {
	test("a refusal of Entra", async () => {
		set({ ...daemon(), CLIENT_SECRET: "not the secret" });
		const error = await failureOf(credentialOf().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.name, "AuthenticationError");
		assert.match(
			error.message,
			/^EnvironmentCredential: ClientSecretCredential: .*AADSTS7000215/,
		);
		assert.equal(error.statusCode, 401);
		assert.deepEqual(error.errorResponse.errorCodes, [7000215]);
		assert.equal(error.isOutage, false);
		assert.ok(error.cause instanceof AuthenticationError);
		assert.equal(error.errorResponse, error.cause.errorResponse);
		assert.equal(
			`EnvironmentCredential: ${error.cause.message}`,
			error.message,
		);
		assert.match(
			error.stack ?? "",
			/EnvironmentCredential: .*\n +at .*refusal/,
		);
	});

	test("the same refusal twice, while the service wants to be left alone", async () => {
		set({ ...daemon(), ...secret() });
		await entra.emulator.addFault({
			path: "/token",
			status: 429,
			headers: { "retry-after": "600" },
			body: { error: "temporarily_unavailable" },
		});
		const credential = credentialOf();
		const first = await failureOf(credential.getToken(VAULT));
		const second = await failureOf(credential.getToken(VAULT));
		assert.equal(second.message, first.message);
		assert.equal(second.cause, first.cause);
		assert.ok(second instanceof AuthenticationError);
		assert.equal(second.retryAfter, 600_000);
	});

	test("somebody has to sign in by more than a password", async () => {
		const { bob } = entra.emulator.users;
		set({ ...daemon(), USERNAME: bob.username, PASSWORD: bob.password });
		set({ CLIENT_ID: entra.emulator.apps.native.clientId });
		const error = await failureOf(credentialOf().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.match(
			error.message,
			/^EnvironmentCredential: UsernamePasswordCredential: /,
		);
		assert.deepEqual(error.errorResponse.errorCodes, [50076]);
		assert.match(error.errorResponse.claims ?? "", /access_token/);
	});

	test("a certificate that is not there", async () => {
		set({ ...daemon(), CLIENT_CERTIFICATE_PATH: "no-such-file.pem" });
		const error = await failureOf(credentialOf().getToken(VAULT));
		assert.match(error.message, /^EnvironmentCredential: .*no-such-file\.pem/);
		const inner = error.cause;
		assert.ok(inner instanceof Error);
		assert.equal(error.constructor, inner.constructor);
	});

	test("an option or a scope that cannot be right", async () => {
		set({ ...daemon(), ...secret() });
		const error = await failureOf(
			credentialOf({ authorityHost: "http://insecure.test" }).getToken(VAULT),
		);
		assert.ok(error instanceof TypeError);
		assert.match(error.message, /^EnvironmentCredential: .*authorityHost/);
		const scopes = await failureOf(credentialOf().getToken([]));
		assert.equal(scopes.constructor, (scopes.cause as Error).constructor);
	});

	test("a caller who left hears just that", async () => {
		set({ ...daemon(), ...secret() });
		const abortSignal = AbortSignal.abort();
		const error = await failureOf(
			credentialOf().getToken(VAULT, { abortSignal }),
		);
		assert.equal(error.name, "AbortError");
		assert.equal(error.cause, undefined);
	});
});

describe("The memory is there before the first call", () => {
	beforeEach(() => set({ ...daemon(), ...secret() }));

	test("100 callers who ask while the code is loaded make one request", async () => {
		const credential = credentialOf();
		const callers = Array.from({ length: 100 }, () =>
			credential.getToken(VAULT),
		);
		const tokens = (await Promise.all(callers)).map(({ token }) => token);
		assert.equal(new Set(tokens).size, 1);
		assert.deepEqual(await grants(), ["client_credentials"]);
		await credential.getToken(VAULT);
		await credential.getToken(STORAGE);
		assert.equal((await grants()).length, 2);
	});

	test("and can be shared with other credentials", async () => {
		const tokenCache = new TokenCache();
		const first = await entra.daemon({ tokenCache }).getToken(VAULT);
		const second = await credentialOf({ tokenCache }).getToken(VAULT);
		assert.equal(second.token, first.token);
	});
});
