import assert from "node:assert/strict";
import { AuthenticationError, ClientSecretCredential } from "azidentity";
import { describe, test } from "vitest";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { serviceCredentialContract } from "./service-credential-contract.ts";

const entra = emulatedEntra();

serviceCredentialContract("ClientSecretCredential", entra, {
	make: (options) => entra.daemon(options),
});

test("a wrong secret is refused once, with the code of Entra and what to do", async () => {
	const error = await entra
		.daemon({}, "not the secret")
		.getToken(VAULT)
		.catch((reason: unknown) => reason);
	assert.ok(error instanceof AuthenticationError);
	assert.equal(error.statusCode, 401);
	assert.equal(error.errorResponse.error, "invalid_client");
	assert.deepEqual(error.errorResponse.errorCodes, [7000215]);
	assert.match(error.message, /ClientSecretCredential.*AADSTS7000215.*secret/s);
	assert.equal((await entra.tokenRequests()).length, 1);
});

test("without an option, the public cloud is asked: here through the emulator's proxy", async () => {
	const { emulator } = entra;
	const { host, port } = Object.fromEntries(
		[...new URL(emulator.proxyUrl).host.split(":").entries()].map(
			([index, part]) => [index === 0 ? "host" : "port", part],
		),
	);
	const credential = new ClientSecretCredential(
		emulator.tenants.contoso.id,
		emulator.apps.daemon.clientId,
		emulator.apps.daemon.secrets[1] ?? "",
		{
			proxyOptions: { host: `http://${host}`, port: Number(port) },
			tlsOptions: { ca: emulator.ca },
		},
	);
	assert.ok(await credential.getToken(VAULT));
	const paths = (await emulator.requests()).map(({ path }) => path);
	assert.deepEqual(paths, [
		`/${emulator.tenants.contoso.id}/oauth2/v2.0/token`,
	]);
});

const TENANT = "contoso.test";
type Arguments = [string, string, string];
const nothing = undefined as unknown as string;

describe("A constructor argument that cannot be right is named, with its credential, before any request", () => {
	const cases: [string, Arguments, RegExp][] = [
		["no tenant", [nothing, "client", "secret"], /tenantId/],
		["an empty tenant", ["", "client", "secret"], /tenantId/],
		["a blank tenant", ["  ", "client", "secret"], /tenantId/],
		["no client", [TENANT, nothing, "secret"], /clientId/],
		["an empty client", [TENANT, "", "secret"], /clientId/],
		["no secret", [TENANT, "client", nothing], /clientSecret/],
		["an empty secret", [TENANT, "client", ""], /clientSecret/],
		["a tenant with a slash", ["a/b", "client", "secret"], /tenantId/],
		["a tenant of dots", ["..", "client", "secret"], /tenantId/],
		["a tenant with spaces", ["my tenant", "client", "secret"], /tenantId/],
		["a tenant with a query", ["a?b=c", "client", "secret"], /tenantId/],
	];
	test.each(cases)("%s", async (_, [tenant, client, secret], argument) => {
		assert.throws(
			() => new ClientSecretCredential(tenant, client, secret, entra.options),
			(error: Error) => {
				assert.match(error.message, /ClientSecretCredential/);
				assert.match(error.message, argument);
				assert.ok(!error.message.includes("secret."));
				return true;
			},
		);
		assert.deepEqual(await entra.emulator.requests(), []);
	});
});

test.each(["common", "organizations", "consumers"])(
	"tenant %s is refused before any request: an application cannot sign in there",
	async (tenant) => {
		const credential = new ClientSecretCredential(
			tenant,
			"client",
			"secret",
			entra.options,
		);
		await assert.rejects(credential.getToken(VAULT), {
			name: "CredentialUnavailableError",
			message: /tenantId/,
		});
		assert.deepEqual(await entra.emulator.requests(), []);
	},
);
