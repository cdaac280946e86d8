import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { azureEnvironment } from "./azure-environment.ts";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { assertSilent, capturedLog, TALKATIVE } from "./planted-secrets.ts";

const entra = emulatedEntra();
const environment = azureEnvironment(entra);
const logged = capturedLog();

describe("No log line, error or inspection shows a secret of the environment", () => {
	const planted = ["planted~secret"];
	const echo = () =>
		entra.emulator.addFault({
			path: "/token",
			times: null,
			status: 400,
			body: {
				error: "invalid_grant",
				error_description: "not planted~secret, client_secret=planted~secret",
			},
		});

	test.each([
		["a secret", { CLIENT_SECRET: "planted~secret" }],
		["a password", { USERNAME: "u@contoso.test", PASSWORD: "planted~secret" }],
		[
			"the password of a certificate",
			{
				CLIENT_CERTIFICATE_PATH: import.meta.filename,
				CLIENT_CERTIFICATE_PASSWORD: "planted~secret",
			},
		],
	])("%s", async (_, settings) => {
		environment.set({ ...environment.daemon(), ...settings });
		await echo();
		const credential = environment.credential(TALKATIVE);
		const ask = () => assertSilent(credential, VAULT, planted, logged);
		assert.ok(await ask());
		await entra.emulator.clearFaults();
		assert.ok(await ask());
	});
});
