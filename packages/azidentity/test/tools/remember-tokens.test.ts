import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AzureCliCredential } from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import { scriptedTool } from "./scripted-tool.ts";

const az = scriptedTool("az");
const VAULT = "https://vault.azure.net/.default";
const STORAGE = "https://storage.azure.com/.default";

/** What the CLI prints for an account: its token names it. */
function answerFor(account: string): string {
	const payload = Buffer.from(JSON.stringify({ oid: account }));
	return JSON.stringify({
		accessToken: `eyJhbGciOiJub25lIn0.${payload.toString("base64url")}.`,
		expires_on: 4_000_000_000,
	});
}

function write(name: string, text: string): void {
	writeFileSync(path.join(az.folder, name), text);
}

const signIn = (account: string) => {
	write("azureProfile.json", `{"user":"${account}"}`);
	az.answers({ stdout: answerFor(account) });
};

/** Whom the token of an answer names. */
function accountIn({ token }: { token: string }): string {
	const payload = Buffer.from(token.split(".")[1] ?? "", "base64url");
	return JSON.parse(payload.toString()).oid;
}

beforeEach(() => {
	process.env.AZURE_CONFIG_DIR = az.folder;
});
afterEach(() => {
	delete process.env.AZURE_CONFIG_DIR;
});

describe("A remembered token of the Azure CLI", () => {
	test("is handed out until it is about to expire", async () => {
		signIn("alice");
		let now = Date.now();
		const credential = new AzureCliCredential({
			rememberTokens: true,
			now: () => now,
		});
		const { expiresOnTimestamp } = await credential.getToken(VAULT);
		now = expiresOnTimestamp - 6 * 60_000;
		await credential.getToken(VAULT);
		assert.equal(az.calls().length, 1);
		now = expiresOnTimestamp - 4 * 60_000;
		await credential.getToken(VAULT);
		assert.equal(az.calls().length, 2);
	});

	test.each(["azureProfile.json", "config", "clouds.config"])(
		"is dropped when %s says something else, be it as long as before",
		async (file) => {
			signIn("alice");
			write(file, "one");
			const credential = new AzureCliCredential({ rememberTokens: true });
			await credential.getToken(VAULT);
			write(file, "two");
			await credential.getToken(VAULT);
			assert.equal(az.calls().length, 2);
		},
	);

	test.each(["msal_token_cache.json", "service_principal_entries.bin"])(
		"is dropped when somebody else writes %s",
		async (file) => {
			signIn("alice");
			const credential = new AzureCliCredential({ rememberTokens: true });
			await credential.getToken(VAULT);
			write(file, "new");
			await credential.getToken(VAULT);
			assert.equal(az.calls().length, 2);
		},
	);

	test("stays when the CLI itself writes its tokens as it answers", async () => {
		signIn("alice");
		az.does(
			`echo "$$" > '${az.folder}/msal_token_cache.json'; cat '${az.folder}/stdout'`,
		);
		const credential = new AzureCliCredential({ rememberTokens: true });
		for (const scope of [VAULT, STORAGE, VAULT, STORAGE])
			await credential.getToken(scope);
		assert.equal(az.calls().length, 2);
	});

	test("of the earlier account does not outlast a sign-in that happened while the CLI was asked", async () => {
		signIn("alice");
		az.does(
			`echo '{"user":"bob"}' > '${az.folder}/azureProfile.json'; cat '${az.folder}/stdout'`,
		);
		const credential = new AzureCliCredential({ rememberTokens: true });
		assert.equal(accountIn(await credential.getToken(VAULT)), "alice");
		signIn("bob");
		write("azureProfile.json", '{"user":"bob"}\n');
		assert.equal(accountIn(await credential.getToken(VAULT)), "bob");
	});

	test("is dropped when a newer token speaks for somebody else, whatever the files say", async () => {
		signIn("alice");
		const credential = new AzureCliCredential({ rememberTokens: true });
		await credential.getToken(VAULT);
		az.answers({ stdout: answerFor("bob") });
		assert.equal(accountIn(await credential.getToken(STORAGE)), "bob");
		assert.equal(accountIn(await credential.getToken(VAULT)), "bob");
	});

	test("is each credential's own", async () => {
		signIn("alice");
		for (const _ of [1, 2])
			await new AzureCliCredential({ rememberTokens: true }).getToken(VAULT);
		assert.equal(az.calls().length, 2);
	});
});

test("a profile that is not there, or cannot be read, does no harm", async () => {
	az.answers({ stdout: answerFor("alice") });
	process.env.AZURE_CONFIG_DIR = path.join(az.folder, "az");
	assert.ok(existsSync(process.env.AZURE_CONFIG_DIR));
	const credential = new AzureCliCredential({ rememberTokens: true });
	await credential.getToken(VAULT);
	await credential.getToken(VAULT);
	assert.equal(az.calls().length, 1);
});
