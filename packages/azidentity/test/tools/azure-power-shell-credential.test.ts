import assert from "node:assert/strict";
import {
	AuthenticationError,
	AzurePowerShellCredential,
	CredentialUnavailableError,
} from "azidentity";
import { afterEach, describe, test } from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { scriptedTool } from "./scripted-tool.ts";

const pwsh = scriptedTool("pwsh");
const SCOPE = "https://vault.azure.net/.default";
const TENANT = "aaaa1111-0000-4000-8000-000000000001";

/** What the script prints through PowerShell, as it stands in the script that the credential sends. */
const marked = (document: object) =>
	`<<<azidentity:${JSON.stringify(document)}:azidentity>>>`;
const ANSWER = marked({ Token: "the-token", ExpiresOn: 1_900_000_000 });

/** The script that PowerShell was given. */
const scriptOf = (args: readonly string[]) =>
	Buffer.from(args.at(-1) ?? "", "base64").toString("utf16le");

describe("Azure PowerShell is asked for a token of its account", () => {
	test("by a script that holds no text of the caller: values come by the environment", async () => {
		pwsh.answers({ stdout: ANSWER });
		const got = await new AzurePowerShellCredential({
			tenantId: TENANT,
		}).getToken(SCOPE);
		assert.deepEqual(got, {
			token: "the-token",
			expiresOnTimestamp: 1_900_000_000_000,
			tokenType: "Bearer",
		});
		const [{ args, environment } = assert.fail(), ...more] = pwsh.calls();
		assert.deepEqual(more, []);
		assert.deepEqual(args.slice(0, -1), [
			"-NoProfile",
			"-NonInteractive",
			"-OutputFormat",
			"Text",
			"-EncodedCommand",
		]);
		assert.match(scriptOf(args), /Get-AzAccessToken @params/);
		assert.ok(!scriptOf(args).includes("vault"));
		assert.ok(!scriptOf(args).includes(TENANT));
		assert.equal(
			environment.AZURE_IDENTITY_POWERSHELL_RESOURCE,
			"https://vault.azure.net",
		);
		assert.equal(environment.AZURE_IDENTITY_POWERSHELL_TENANT_ID, TENANT);
	});

	test("by the same script each time, which prints JSON between the marks it is read by", async () => {
		pwsh.answers({ stdout: ANSWER });
		const credential = new AzurePowerShellCredential();
		await credential.getToken(SCOPE);
		await credential.getToken("https://storage.azure.com/.default");
		const scripts = pwsh.calls().map(({ args }) => scriptOf(args));
		assert.equal(new Set(scripts).size, 1);
		const [script = ""] = scripts;
		assert.ok(script.includes("'<<<azidentity:' + $json + ':azidentity>>>'"));
		assert.ok(script.includes("-MinimumVersion 2.2.0"));
		assert.ok(script.includes("ToUnixTimeSeconds"));
	});

	test("once for all who ask at the same time, and anew for who asks later", async () => {
		pwsh.answers({ stdout: ANSWER });
		const credential = new AzurePowerShellCredential();
		const ask = () => credential.getToken(SCOPE);
		await Promise.all([ask(), ask(), ask()]);
		await ask();
		assert.equal(pwsh.calls().length, 2);
	});

	test("and what a profile or a module prints around the answer does no harm", async () => {
		pwsh.answers({
			stdout: `{"Token":"of somebody else"}\r\nWelcome!\r\n${ANSWER}\r\n{bye}`,
			stderr: "WARNING: old",
		});
		const { token } = await new AzurePowerShellCredential().getToken(SCOPE);
		assert.equal(token, "the-token");
	});
});

describe("The values of the script are its own", () => {
	afterEach(() => {
		delete process.env.azure_identity_powershell_resource;
		delete process.env.AZURE_IDENTITY_POWERSHELL_TENANT_ID;
	});

	test("whatever the environment of this process says of them", async () => {
		process.env.azure_identity_powershell_resource = "https://evil.test";
		process.env.AZURE_IDENTITY_POWERSHELL_TENANT_ID = "evil.test";
		pwsh.answers({ stdout: ANSWER });
		await new AzurePowerShellCredential().getToken(SCOPE);
		const { environment } = pwsh.calls()[0] ?? assert.fail();
		assert.equal(environment.azure_identity_powershell_resource, undefined);
		assert.equal(
			environment.AZURE_IDENTITY_POWERSHELL_RESOURCE,
			"https://vault.azure.net",
		);
		assert.equal(environment.AZURE_IDENTITY_POWERSHELL_TENANT_ID, "");
	});
});

describe("PowerShell that cannot be asked is unavailable, so that a chain goes on", () => {
	test.each([
		["it is not there", undefined, /PowerShell was not found in a directory/],
		[
			"the module is not there",
			"azidentity: no Az.Accounts\n",
			/Az\.Accounts.*is not installed.*Install-Module/s,
		],
		[
			"nobody is signed in",
			"Your Azure credentials have not been set up or have expired, please run Connect-AzAccount to set up your Azure credentials.\n",
			/nobody is signed in.*Connect-AzAccount/,
		],
		[
			"nobody is signed in, in older words",
			"No subscription found in the context. Run Connect-AzAccount to login.\n",
			/nobody is signed in/,
		],
	])("when %s", async (_, stderr, message) => {
		if (stderr !== undefined) pwsh.answers({ stderr, code: 1 });
		const error = await failureOf(
			new AzurePowerShellCredential().getToken(SCOPE),
		);
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /^AzurePowerShellCredential/);
		assert.match(error.message, message);
	});
});

test("any other failure is told in PowerShell's own words", async () => {
	pwsh.answers({ stderr: "The moon is full.\n", code: 1 });
	const error = await failureOf(
		new AzurePowerShellCredential().getToken(SCOPE),
	);
	assert.ok(error instanceof AuthenticationError);
	assert.equal(error.errorResponse.error, "tool_failed");
	assert.match(error.message, /The moon is full\./);
});

test.each([
	["nothing", ""],
	["no marks", '{"Token":"the-token","ExpiresOn":1900000000}'],
	["half an answer", ANSWER.slice(0, 40)],
	[
		"a date of Windows PowerShell",
		marked({ Token: "the-token", ExpiresOn: "/Date(1900000000000)/" }),
	],
	["no token", marked({ ExpiresOn: 1_900_000_000 })],
])("output with %s is a failure, and is never shown", async (_, stdout) => {
	pwsh.answers({ stdout });
	const error = await failureOf(
		new AzurePowerShellCredential().getToken(SCOPE),
	);
	assert.ok(error instanceof AuthenticationError);
	assert.equal(error.errorResponse.error, "tool_output");
	assert.ok(!error.message.includes("the-token"));
});

test("a time-out is a failure of that call alone", async () => {
	pwsh.does("sleep 1000");
	let isShort = true;
	const credential = new AzurePowerShellCredential({
		setTimeout: (callback, milliseconds) =>
			isShort
				? setImmediate(callback)
				: globalThis.setTimeout(callback, milliseconds),
	});
	const error = await failureOf(credential.getToken(SCOPE));
	assert.ok(error instanceof AuthenticationError);
	assert.equal(error.errorResponse.error, "timeout");
	isShort = false;
	pwsh.answers({ stdout: ANSWER });
	assert.ok(await credential.getToken(SCOPE));
});

test("a claims challenge starts nothing: the message has the command that a person runs", async () => {
	pwsh.answers({ stdout: ANSWER });
	const claims = '{"access_token":{"x":{"value":"é"}}}';
	const error = await failureOf(
		new AzurePowerShellCredential({ tenantId: TENANT }).getToken(SCOPE, {
			claims,
		}),
	);
	assert.ok(error instanceof AuthenticationError);
	const encoded = Buffer.from(claims).toString("base64");
	assert.ok(
		error.message.endsWith(
			`Connect-AzAccount -TenantId '${TENANT}' -ClaimsChallenge '${encoded}'`,
		),
	);
	assert.deepEqual(pwsh.calls(), []);
});
