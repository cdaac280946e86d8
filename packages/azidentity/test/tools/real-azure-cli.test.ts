import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import path from "node:path";
import { AuthenticationError, AzureCliCredential } from "azidentity";
import { test } from "vitest";
import { claimsOf, STORAGE, VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { describeUnless } from "../interop/foreign-libraries.ts";
import { lackOfAzureCli, realAzureCli } from "./real-azure-cli.ts";

describeUnless(lackOfAzureCli, "With the Azure CLI itself", () => {
	const cli = realAzureCli();
	/** Whom a token speaks for. */
	const speakerOf = ({ token }: { token: string }) => {
		const { appid, upn } = claimsOf(token);
		return upn ?? appid;
	};
	const alice = () => cli.emulator.users.alice.username;
	const daemon = () => cli.emulator.apps.daemon.clientId;
	/** How often the CLI was started until the answer came. */
	const startsOf = async (call: () => Promise<unknown>) => {
		const { PATH } = process.env;
		process.env.PATH = "";
		try {
			await call();
			return 0;
		} catch (error) {
			assert.match(String(error), /not found in a directory of PATH/);
			return 1;
		} finally {
			process.env.PATH = PATH;
		}
	};

	test("nobody is signed in: the credential is unavailable", async () => {
		const error = await failureOf(new AzureCliCredential().getToken(VAULT));
		assert.equal(error.name, "CredentialUnavailableError");
		assert.match(error.message, /nobody is signed in/);
	});

	test("a person who is signed in gets tokens, for each resource and tenant", async () => {
		await cli.signInAsAlice();
		const credential = new AzureCliCredential();
		const before = Date.now();
		const token = await credential.getToken(VAULT);
		assert.equal(speakerOf(token), alice());
		assert.equal(claimsOf(token.token).aud, "https://vault.azure.net");
		assert.ok(token.expiresOnTimestamp > before + 50 * 60_000);
		assert.ok(token.expiresOnTimestamp < before + 70 * 60_000);
		const { id } = cli.emulator.tenants.contoso;
		const there = await credential.getToken(STORAGE, { tenantId: id });
		assert.equal(claimsOf(there.token).tid, id);
	});

	test("each call speaks for whoever is signed in then", async () => {
		const credential = new AzureCliCredential();
		await cli.signInAsAlice();
		assert.equal(speakerOf(await credential.getToken(VAULT)), alice());
		await cli.signInAsDaemon();
		assert.equal(speakerOf(await credential.getToken(VAULT)), daemon());
	});

	test("a sign-in that was ended is a failure with the CLI's own advice, not a missing one", async () => {
		await cli.signInAsAlice();
		await cli.emulator.revoke(alice());
		const error = await failureOf(new AzureCliCredential().getToken(STORAGE));
		assert.ok(error instanceof AuthenticationError);
		assert.match(error.message, /AADSTS50173.*az login --tenant/s);
	});

	test("remembered, the second call starts no process", async () => {
		await cli.signInAsAlice();
		const credential = new AzureCliCredential({ rememberTokens: true });
		const first = await credential.getToken(VAULT);
		assert.equal(await startsOf(() => credential.getToken(VAULT)), 0);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		// For another resource the CLI is asked, and then writes tokens of its own: what is remembered stays.
		await credential.getToken(STORAGE);
		assert.equal(await startsOf(() => credential.getToken(VAULT)), 0);
		assert.equal(await startsOf(() => credential.getToken(STORAGE)), 0);
	});

	test("remembered, the next call after a sign-in speaks for the new account", async () => {
		const credential = new AzureCliCredential({ rememberTokens: true });
		await cli.signInAsAlice();
		await credential.getToken(VAULT);
		await credential.getToken(STORAGE);
		await cli.signInAsDaemon();
		assert.equal(speakerOf(await credential.getToken(STORAGE)), daemon());
		assert.equal(speakerOf(await credential.getToken(VAULT)), daemon());
		assert.equal(await startsOf(() => credential.getToken(VAULT)), 0);
	});

	test("remembered, nothing is left after a sign-out", async () => {
		const credential = new AzureCliCredential({ rememberTokens: true });
		await cli.signInAsAlice();
		await credential.getToken(VAULT);
		await cli.command("logout");
		const error = await failureOf(credential.getToken(VAULT));
		assert.equal(error.name, "CredentialUnavailableError");
	});

	test("remembered, a profile that was only touched changes nothing", async () => {
		const credential = new AzureCliCredential({ rememberTokens: true });
		await cli.signInAsAlice();
		await credential.getToken(VAULT);
		const profile = process.env.AZURE_CONFIG_DIR ?? assert.fail();
		const yesterday = new Date(Date.now() - 86_400_000);
		utimesSync(path.join(profile, "azureProfile.json"), yesterday, yesterday);
		assert.equal(await startsOf(() => credential.getToken(VAULT)), 0);
	});

	test("by default nothing is remembered: each call starts the CLI", async () => {
		await cli.signInAsAlice();
		const credential = new AzureCliCredential();
		await credential.getToken(VAULT);
		assert.equal(await startsOf(() => credential.getToken(VAULT)), 1);
	});
});
