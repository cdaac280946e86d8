import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { capturedLog } from "./planted-secrets.ts";

const entra = emulatedEntra();
const logged = capturedLog();

/** The lines about getToken, as they are printed. */
async function linesOfGetToken(): Promise<string[]> {
	return (await logged())
		.split("\n")
		.map((line) => line.replace(/^\[?\s*['"]?|['",\]\s]*$/g, ""))
		.filter((line) => line.includes("getToken()"));
}

describe("The log has the lines that readers of @azure/identity know", () => {
	test("for a token", async () => {
		await entra.daemon().getToken([VAULT, VAULT]);
		assert.deepEqual(await linesOfGetToken(), [
			`azure:identity:info ClientSecretCredential => getToken() => SUCCESS. Scopes: ${VAULT}.`,
		]);
	});

	test("for a refusal", async () => {
		const failure = await entra
			.daemon({}, "not the secret")
			.getToken(VAULT)
			.catch((error) => error);
		assert.deepEqual(await linesOfGetToken(), [
			`azure:identity:info ClientSecretCredential => getToken() => ERROR. Scopes: ${VAULT}. Error message: ${failure.message}`,
		]);
	});

	test("and none for a token that is remembered", async () => {
		const credential = entra.daemon();
		await credential.getToken(VAULT);
		const before = await logged();
		await credential.getToken(VAULT);
		assert.equal(await logged(), before);
	});
});
