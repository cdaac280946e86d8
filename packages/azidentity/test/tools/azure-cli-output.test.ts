import assert from "node:assert/strict";
import {
	AuthenticationError,
	AzureCliCredential,
	CredentialUnavailableError,
} from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { scriptedTool } from "./scripted-tool.ts";

const az = scriptedTool("az");
const SCOPE = "https://vault.azure.net/.default";
const EXPIRES_ON = 1_900_000_000;

const token = (fields: object = {}) =>
	JSON.stringify({
		accessToken: "the-token",
		expiresOn: "2030-03-17 17:46:40.000000",
		expires_on: EXPIRES_ON,
		...fields,
	});

describe("The expiry is taken from what the CLI prints", () => {
	const timeZone = process.env.TZ;
	beforeEach(() => {
		process.env.TZ = "Europe/Berlin";
	});
	afterEach(() => {
		process.env.TZ = timeZone;
	});

	test.each([
		["in seconds, whatever is beside it", { expiresOn: "nonsense" }],
		[
			"of CLIs before 2.54 in local time",
			{ expires_on: undefined, expiresOn: "2030-03-17 18:46:40.000000" },
		],
	])("%s", async (_, fields) => {
		az.answers({ stdout: token(fields) });
		const got = await new AzureCliCredential().getToken(SCOPE);
		assert.equal(got.expiresOnTimestamp, EXPIRES_ON * 1_000);
	});

	test("and of a local time that is there twice, the earlier one counts", async () => {
		az.answers({
			stdout: token({
				expires_on: undefined,
				expiresOn: "2030-10-27 02:30:00.000000",
			}),
		});
		const got = await new AzureCliCredential().getToken(SCOPE);
		assert.equal(
			got.expiresOnTimestamp,
			Date.parse("2030-10-27T02:30:00+02:00"),
		);
	});
});

describe("A CLI that cannot be asked is unavailable, so that a chain goes on", () => {
	test("when it is not installed", async () => {
		az.isNotThere();
		const error = await failureOf(new AzureCliCredential().getToken(SCOPE));
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /AzureCliCredential.*not found.*az login/s);
	});

	test.each([
		["/bin/sh: az: command not found", 127],
		["/bin/sh: 1: az: not found", 127],
		["az: not found", 1],
		["'az' is not recognized as an internal or external command", 1],
	])("when the shell behind it says: %s", async (stderr, code) => {
		az.answers({ stderr, code });
		const error = await failureOf(new AzureCliCredential().getToken(SCOPE));
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /not found in a directory of PATH/);
	});

	test.each([
		"ERROR: Please run 'az login' to setup account.\n",
		'ERROR: Please run "az login" to setup account.\n',
	])("when nobody is signed in: %s", async (stderr) => {
		az.answers({ stderr, code: 1 });
		const error = await failureOf(new AzureCliCredential().getToken(SCOPE));
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /nobody is signed in.*az login/);
		assert.equal(az.calls().length, 1);
	});
});

describe("A CLI that was asked and got no token has failed, once, and says why", () => {
	test.each([
		[
			"the sign-in has ended (2.45 and earlier)",
			"ERROR: AADSTS700082: The refresh token has expired due to inactivity.\nTo re-authenticate, please run:\naz login --scope https://vault.azure.net/.default",
			/AADSTS700082.*az login --scope/s,
		],
		[
			"the sign-in has ended (2.91)",
			'ERROR: AADSTS50173: The provided grant has expired.\nRun the command below to authenticate interactively; additional arguments may be added as needed:\naz logout\naz login --tenant "t" --scope "https://vault.azure.net/.default"',
			/AADSTS50173.*az login --tenant/s,
		],
		[
			"an unknown cloud",
			"ERROR: The resource principal named https://x was not found",
			/resource principal/,
		],
		["nothing", "", /did not say why/],
	])("%s", async (_, stderr, message) => {
		az.answers({ stderr, code: 1 });
		const error = await failureOf(new AzureCliCredential().getToken(SCOPE));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "tool_failed");
		assert.match(error.message, message);
		assert.equal(az.calls().length, 1);
	});

	test.each([
		["nothing, with success", ""],
		["garbage", "<html>the-token</html>"],
		["a token that is empty", token({ accessToken: "" })],
		["a token that is none", token({ accessToken: 1 })],
		["no expiry", token({ expires_on: undefined, expiresOn: undefined })],
		["an expiry that is none", token({ expires_on: "x", expiresOn: "soon" })],
		["a list", "[]"],
	])("it prints %s, which is never shown", async (_, stdout) => {
		az.answers({ stdout });
		const error = await failureOf(new AzureCliCredential().getToken(SCOPE));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "tool_output");
		assert.ok(!error.message.includes("the-token"));
		assert.match(error.message, /az account get-access-token/);
	});

	test("it takes too long: the message says how long, and how to allow more", async () => {
		az.does("sleep 1000");
		const error = await failureOf(
			new AzureCliCredential({
				processTimeoutInMs: 7_000,
				setTimeout: (callback) => setImmediate(callback),
			}).getToken(SCOPE),
		);
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "timeout");
		assert.match(error.message, /7000 ms.*processTimeoutInMs/s);
	});

	test("and the next caller asks it again", async () => {
		const credential = new AzureCliCredential();
		az.answers({ stderr: "ERROR: no", code: 1 });
		await failureOf(credential.getToken(SCOPE));
		az.answers({ stdout: token() });
		assert.ok(await credential.getToken(SCOPE));
	});
});
