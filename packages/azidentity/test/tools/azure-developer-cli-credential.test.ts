import assert from "node:assert/strict";
import {
	AuthenticationError,
	AzureDeveloperCliCredential,
	CredentialUnavailableError,
} from "azidentity";
import { describe, test } from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { scriptedTool } from "./scripted-tool.ts";

const azd = scriptedTool("azd");
const VAULT = "https://vault.azure.net/.default";
const GRAPH = "https://graph.microsoft.com/User.Read";
const ANSWER = '{"token":"the-token","expiresOn":"2030-03-17T17:46:40Z"}';

/** What the versions of the tool print on stderr for one and the same failure. */
const WAYS: [string, (error: string) => string][] = [
	[
		"before 1.23.7",
		(error) =>
			`{"type":"consoleMessage","timestamp":"2026-01-01T00:00:00Z","data":{"message":"\\n${error}\\n"}}\n`,
	],
	[
		"1.23.7 to 1.23.15",
		(error) =>
			`{"type":"consoleMessage","timestamp":"2026-01-01T00:00:00Z","data":{"message":""}}\n{"error":"${error}","message":"","suggestion":""}\n`,
	],
	["since 1.24.0", (error) => `{"error":"${error}"}\r\n`],
	["with words before it", (error) => `WARNING: old\n{"error":"${error}"}\n`],
	["in plain text", (error) => `ERROR: ${error}\n`],
];

describe("The Azure Developer CLI is asked for a token of its account", () => {
	test("for all scopes, as they are, in the tenant, and without a prompt", async () => {
		azd.answers({ stdout: ANSWER });
		const got = await new AzureDeveloperCliCredential({
			tenantId: "contoso.test",
		}).getToken([VAULT, GRAPH]);
		assert.deepEqual(got, {
			token: "the-token",
			expiresOnTimestamp: Date.UTC(2030, 2, 17, 17, 46, 40),
			tokenType: "Bearer",
		});
		assert.deepEqual(
			azd.calls().map(({ args }) => args.join(" ")),
			[
				`auth token --output json --no-prompt --scope ${VAULT} --scope ${GRAPH} --tenant-id contoso.test`,
			],
		);
	});

	test("claims go along in base64, whatever their characters", async () => {
		azd.answers({ stdout: ANSWER });
		const claims = '{"access_token":{"x":{"value":"é?>"}}}';
		await new AzureDeveloperCliCredential().getToken(VAULT, { claims });
		assert.deepEqual(azd.calls()[0]?.args.slice(-2), [
			"--claims",
			Buffer.from(claims).toString("base64"),
		]);
	});

	test("once for all who ask at the same time, and anew for who asks later", async () => {
		azd.answers({ stdout: ANSWER });
		const credential = new AzureDeveloperCliCredential();
		const ask = () => credential.getToken(VAULT);
		await Promise.all([ask(), ask(), ask()]);
		await ask();
		assert.equal(azd.calls().length, 2);
	});
});

describe.each(WAYS)("What the tool says is understood, %s:", (_, printed) => {
	test("nobody is signed in", async () => {
		for (const command of ["azd login", "azd auth login"]) {
			azd.answers({
				stderr: printed(`not logged in, run \`${command}\` to login`),
				code: 1,
			});
			const error = await failureOf(
				new AzureDeveloperCliCredential().getToken(VAULT),
			);
			assert.ok(error instanceof CredentialUnavailableError);
			assert.match(error.message, /nobody is signed in.*azd auth login/);
		}
	});

	test("another sign-in is needed: the message has the command", async () => {
		for (const words of [
			"AADSTS50076: you must use multi-factor authentication",
			"reauthentication required",
		]) {
			azd.answers({ stderr: printed(words), code: 1 });
			const error = await failureOf(
				new AzureDeveloperCliCredential({ tenantId: "t.test" }).getToken(VAULT),
			);
			assert.ok(error instanceof AuthenticationError);
			assert.ok(error.message.includes(words), error.message);
			assert.ok(
				error.message.endsWith(
					`azd auth login --tenant-id t.test --scope ${VAULT}`,
				),
			);
		}
	});

	test("it is too old for claims", async () => {
		azd.answers({ stderr: printed("unknown flag: --claims"), code: 1 });
		const error = await failureOf(
			new AzureDeveloperCliCredential().getToken(VAULT, { claims: "{}" }),
		);
		assert.ok(error instanceof AuthenticationError);
		assert.match(error.message, /1\.18\.1/);
	});

	test("any other failure is told in its own words", async () => {
		azd.answers({ stderr: printed("the moon is full"), code: 1 });
		const error = await failureOf(
			new AzureDeveloperCliCredential().getToken(VAULT),
		);
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "tool_failed");
		assert.match(error.message, /got no token: (ERROR: )?the moon is full/);
	});
});

test("what the tool suggests is passed on", async () => {
	azd.answers({
		stderr: '{"error":"no.","message":"","suggestion":"Do this."}',
		code: 1,
	});
	const error = await failureOf(
		new AzureDeveloperCliCredential().getToken(VAULT),
	);
	assert.ok(error.message.endsWith("no. Do this."));
});

test("a tool that is not there is unavailable", async () => {
	const error = await failureOf(
		new AzureDeveloperCliCredential().getToken(VAULT),
	);
	assert.ok(error instanceof CredentialUnavailableError);
	assert.match(
		error.message,
		/AzureDeveloperCliCredential.*azd.*azd auth login/,
	);
});

test.each([
	["nothing", ""],
	["garbage", "the-token"],
	["no token", '{"expiresOn":"2030-03-17T17:46:40Z"}'],
	["no expiry", '{"token":"the-token"}'],
	[
		"an expiry without a zone",
		'{"token":"the-token","expiresOn":"2030-03-17T17:46:40"}',
	],
	[
		"an expiry that is no date",
		'{"token":"the-token","expiresOn":"2030-99-17T17:46:40Z"}',
	],
])(
	"a tool that prints %s has failed, and what it printed is never shown",
	async (_, stdout) => {
		azd.answers({ stdout });
		const error = await failureOf(
			new AzureDeveloperCliCredential().getToken(VAULT),
		);
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "tool_output");
		assert.ok(!error.message.includes("the-token"));
	},
);

test.each(["-o", "a;b", "a b;c", 'a"', "a$", ""])(
	"the scope %j is refused, and nothing is started",
	async (scope) => {
		azd.answers({ stdout: ANSWER });
		const error = await failureOf(
			new AzureDeveloperCliCredential().getToken([VAULT, scope, "x y;"]),
		);
		assert.match(error.message, /AzureDeveloperCliCredential.*scopes/);
		assert.deepEqual(azd.calls(), []);
	},
);
