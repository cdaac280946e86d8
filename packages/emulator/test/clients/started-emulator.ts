import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
	type Emulator,
	type EmulatorOptions,
	startEmulator,
} from "@azidentity/emulator";
import { SignJWT } from "jose";
import { afterAll } from "vitest";

// What the machine says about proxies is not for these tests.
for (const name of Object.keys(process.env))
	if (/^(https?|all|no)_proxy$/i.test(name)) delete process.env[name];

const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
	for (const end of ends.splice(0)) await end();
});

/** A built emulator, as an outsider starts it, until the tests of the file are over. */
export async function startedEmulator(
	options: EmulatorOptions = {},
): Promise<Emulator> {
	const directory = mkdtempSync(path.join(tmpdir(), "azidentity-clients-"));
	const emulator = await startEmulator({ directory, ...options });
	ends.push(async () => {
		await emulator.close();
		rmSync(directory, { recursive: true, force: true });
	});
	return emulator;
}

/** Registers a foreign issuer with the emulator's daemon app, and signs what that issuer says about its workload. */
export async function federatedAssertion(emulator: Emulator): Promise<string> {
	const issuer = "https://issuer.example/cluster";
	const subject = "system:serviceaccount:default:worker";
	// Any RSA key will do. Not a new one: on Node 20, exporting a key soon after making it can hang for good.
	const privateKey = createPrivateKey(emulator.appCertificate.pem);
	const publicKey = createPublicKey(privateKey).export({ format: "jwk" });
	const key = { ...publicKey, kid: "1", alg: "RS256" };
	await emulator.updateApp(emulator.apps.daemon.clientId, {
		federatedCredentials: [{ issuer, subject, jwks: { keys: [key] } }],
	});
	return new SignJWT({})
		.setProtectedHeader({ alg: "RS256", kid: "1" })
		.setIssuer(issuer)
		.setSubject(subject)
		.setAudience("api://AzureADTokenExchange")
		.setIssuedAt()
		.setExpirationTime("1h")
		.sign(privateKey);
}

/** The grants that were asked of the authority, oldest first, each with the client that asked. */
export async function grantsAsked(emulator: Emulator) {
	const requests = await emulator.requests();
	return requests.filter(({ grantType }) => grantType !== undefined);
}
