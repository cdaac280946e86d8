import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Emulator } from "@azidentity/emulator";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, test } from "vitest";
import { describeUnless, runNode, stepOf } from "./client-program.ts";
import { startedEmulator } from "./started-emulator.ts";

/** Clients read key files from here and nowhere else, so this test needs to write where the agent would. */
const TOKENS = "/var/opt/azcmagent/tokens";
const AGENT = path.dirname(TOKENS);

const mayWrite = process.platform === "linux" && process.getuid?.() === 0;
const hasAgent = existsSync(AGENT);
const missing =
	process.env.CI === "true" || (mayWrite && !hasAgent)
		? undefined
		: `${TOKENS} is ${hasAgent ? "a real agent's" : "for root to write, on Linux"}; run the tests as root in a container`;

describeUnless(missing, "@azure/identity on Azure Arc", () => {
	let emulator: Emulator;
	beforeAll(async () => {
		mkdirSync(TOKENS, { recursive: true });
		emulator = await startedEmulator({ arcDirectory: TOKENS });
	});
	afterAll(() => {
		if (!hasAgent) rmSync(AGENT, { recursive: true });
	});

	test("it reads the agent's key file and gets a token, and the file is gone", async () => {
		const { managedIdentityUrl } = emulator;
		const steps = await runNode("azure-identity.js", ["managed-identity"], {
			environment: {
				IDENTITY_ENDPOINT: `${managedIdentityUrl}/arc/metadata/identity/oauth2/token`,
				IMDS_ENDPOINT: `${managedIdentityUrl}/arc`,
			},
		});
		const claims = decodeJwt(String(stepOf(steps, "managed-identity").token));
		assert.equal(claims.aud, "https://vault.azure.net");
		const statuses = (await emulator.requests()).map(({ status }) => status);
		assert.deepEqual(statuses, [401, 200]);
		assert.deepEqual(readdirSync(TOKENS), []);
	});
});
