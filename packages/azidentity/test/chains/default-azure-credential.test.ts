import assert from "node:assert/strict";
import {
	AggregateAuthenticationError,
	AuthenticationError,
	DefaultAzureCredential,
	getDefaultAzureCredential,
} from "azidentity";
import { describe, test } from "vitest";
import {
	claimsOf,
	emulatedEntra,
	STORAGE,
	VAULT,
} from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { bareMachine } from "./default-surroundings.ts";

const machine = bareMachine();
const entra = emulatedEntra();

/** Signs the daemon in by the environment. */
function daemonInEnvironment(secret?: string): void {
	const { clientId, secrets, tenantId } = entra.emulator.apps.daemon;
	Object.assign(process.env, {
		AZURE_TENANT_ID: tenantId,
		AZURE_CLIENT_ID: clientId,
		AZURE_CLIENT_SECRET: secret ?? secrets[0],
	});
}

/** What a tool prints that gives a token of this name. */
const azPrints = (token: string) =>
	`echo '{"accessToken":"${token}","expires_on":4000000000}'`;
const azdPrints = (token: string) =>
	`echo '{"token":"${token}","expiresOn":"2090-01-01T00:00:00Z"}'`;

const pathsAsked = async () =>
	(await entra.emulator.requests()).map(({ path }) => path);

describe("The default chain takes the identity of wherever it runs", () => {
	test("of the environment, before anything else", async () => {
		daemonInEnvironment();
		machine.tool("az", azPrints("of az"));
		const { token } = await new DefaultAzureCredential(entra.options).getToken(
			VAULT,
		);
		assert.equal(claimsOf(token).appid, entra.emulator.apps.daemon.clientId);
	});

	test("of the host, when the environment has none", async () => {
		process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST =
			entra.emulator.managedIdentityUrl;
		machine.tool("az", azPrints("of az"));
		const { token } = await new DefaultAzureCredential(entra.options).getToken(
			VAULT,
		);
		assert.equal(claimsOf(token).aud, "https://vault.azure.net");
		assert.ok((await pathsAsked()).includes("/metadata/identity/oauth2/token"));
	});

	test("of a developer's tools, when nothing else is there, in their order", async () => {
		machine.tool("azd", azdPrints("of azd"));
		const credential = () => new DefaultAzureCredential(entra.options);
		assert.equal((await credential().getToken(VAULT)).token, "of azd");
		machine.tool("az", azPrints("of az"));
		assert.equal((await credential().getToken(VAULT)).token, "of az");
	});

	test("and a tool that fails is passed over like one that is not there", async () => {
		machine.tool("az", "echo 'ERROR: AADSTS50173: expired' >&2; exit 1");
		machine.tool("azd", azdPrints("of azd"));
		const credential = new DefaultAzureCredential(entra.options);
		assert.equal((await credential.getToken(VAULT)).token, "of azd");
	});

	test("also through the function that programs call", async () => {
		machine.tool("az", azPrints("of az"));
		const credential = getDefaultAzureCredential();
		assert.ok(credential instanceof DefaultAzureCredential);
		assert.equal((await credential.getToken(VAULT))?.token, "of az");
	});
});

describe("What it found is kept", () => {
	test("the second call asks nobody: the link remembers its token", async () => {
		daemonInEnvironment();
		const credential = new DefaultAzureCredential(entra.options);
		const first = await credential.getToken(VAULT);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("the second scope goes to the same link, and none is asked before it", async () => {
		process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST =
			entra.emulator.managedIdentityUrl;
		const credential = new DefaultAzureCredential(entra.options);
		await credential.getToken(VAULT);
		await entra.emulator.clearRequests();
		await credential.getToken(STORAGE);
		assert.equal((await pathsAsked()).length, 1);
	});

	test("a hundred callers at once make one request", async () => {
		daemonInEnvironment();
		const credential = new DefaultAzureCredential(entra.options);
		const tokens = await Promise.all(
			Array.from({ length: 100 }, () => credential.getToken(VAULT)),
		);
		assert.equal(new Set(tokens.map(({ token }) => token)).size, 1);
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("a later refusal is reported, and no other link is asked", async () => {
		daemonInEnvironment();
		machine.tool("az", azPrints("of az"));
		const credential = new DefaultAzureCredential(entra.options);
		await credential.getToken(VAULT);
		await entra.emulator.addFault({
			path: "/token",
			status: 401,
			body: { error: "invalid_client" },
		});
		const error = await failureOf(credential.getToken(STORAGE));
		assert.equal(error.name, "AuthenticationError");
		assert.ok(await credential.getToken(STORAGE));
	});
});

describe("A refusal ends the walk, where it is seen", () => {
	test("a wrong secret in the environment is not hidden behind the developer's own account", async () => {
		daemonInEnvironment("wrong");
		machine.tool("az", azPrints("of az"));
		const error = await failureOf(
			new DefaultAzureCredential(entra.options).getToken(VAULT),
		);
		assert.ok(error instanceof AuthenticationError);
		assert.match(error.message, /AADSTS7000215/);
	});

	test("a workload identity that Entra does not know is not, either; the message tells what was passed over", async () => {
		const { clientId, tenantId } = entra.emulator.apps.daemon;
		Object.assign(process.env, {
			AZURE_TENANT_ID: tenantId,
			AZURE_CLIENT_ID: clientId,
			AZURE_FEDERATED_TOKEN_FILE: machine.file("token", "not.a.token"),
		});
		machine.tool("az", azPrints("of az"));
		const error = await failureOf(
			new DefaultAzureCredential(entra.options).getToken(VAULT),
		);
		assert.ok(error instanceof AuthenticationError);
		assert.match(error.message, /WorkloadIdentityCredential/);
		assert.match(
			error.message,
			/DefaultAzureCredential asked these before.*\n {2}EnvironmentCredential {2}.*AZURE_CLIENT_SECRET/,
		);
	});
});

describe("When no link has a token", () => {
	test("the message is a table: what each looked for, why it could not, and what to do", async () => {
		machine.tool("az", "echo \"ERROR: Please run 'az login'\" >&2; exit 1");
		const error = await failureOf(
			new DefaultAzureCredential(entra.options).getToken(VAULT),
		);
		assert.ok(error instanceof AggregateAuthenticationError);
		assert.equal(error.isUnavailable, true);
		assert.equal(error.errors.length, 8);
		const [title, ...rows] = error.message.split("\n");
		assert.equal(
			title,
			"DefaultAzureCredential: no credential of the chain could get a token.",
		);
		const expected: [string, RegExp][] = [
			["EnvironmentCredential", /AZURE_TENANT_ID/],
			["WorkloadIdentityCredential", /AZURE_/],
			["ManagedIdentityCredential", /use another credential/i],
			["VisualStudioCodeCredential", /az login/],
			["AzureCliCredential", /nobody is signed in.*az login/],
			["AzurePowerShellCredential", /PowerShell was not found/],
			["AzureDeveloperCliCredential", /azd auth login/],
			["BrokerCredential", /broker/],
		];
		assert.deepEqual(
			rows.map((row) => row.trim().split(/\s/)[0]),
			expected.map(([name]) => name),
		);
		for (const [index, [, reason]] of expected.entries())
			assert.match(rows[index] ?? "", reason);
	});

	test("a link whose constructor refuses says why there, and the others are asked", async () => {
		Object.assign(process.env, {
			AZURE_TENANT_ID: "not/a/tenant",
			AZURE_CLIENT_ID: "client",
			AZURE_CLIENT_SECRET: "secret",
			MSI_ENDPOINT: "http://127.0.0.1:1/shell",
		});
		const credential = new DefaultAzureCredential(entra.options);
		const error = await failureOf(credential.getToken(VAULT));
		assert.match(error.message, /EnvironmentCredential .*tenant/);
		assert.match(error.message, /ManagedIdentityCredential .*Cloud Shell/);
		machine.tool("az", azPrints("of az"));
		assert.equal((await credential.getToken(VAULT)).token, "of az");
	});
});
