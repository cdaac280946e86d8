import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
	WorkloadIdentityCredential,
	type WorkloadIdentityCredentialOptions,
} from "azidentity";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import type { emulatedEntra } from "./emulated-entra.ts";
import { signedJwt } from "./signed-jwt.ts";

const ISSUER = "https://cluster.example/oidc";
const SUBJECT = "system:serviceaccount:shop:worker";
const AUDIENCE = "api://AzureADTokenExchange";

/**
 * A pod whose service account the daemon of the fixtures trusts: a token in a file, and the variables
 * that the webhook sets. Both are as new for each test.
 */
export function kubernetesPod(entra: ReturnType<typeof emulatedEntra>) {
	let directory = "";
	let tokenFile = "";
	const { privateKey: pem, publicKey } = generateKeyPairSync("rsa", {
		modulusLength: 2048,
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
		publicKeyEncoding: { type: "spki", format: "pem" },
	});
	beforeAll(async () => {
		directory = mkdtempSync(path.join(tmpdir(), "azidentity-pod-"));
		tokenFile = path.join(directory, "azure-identity-token");
		const jwk = createPublicKey(publicKey).export({ format: "jwk" });
		await entra.emulator.updateApp(entra.emulator.apps.daemon.clientId, {
			federatedCredentials: [
				{ issuer: ISSUER, subject: SUBJECT, jwks: { keys: [jwk] } },
			],
		});
	});
	afterAll(() => rmSync(directory, { recursive: true, force: true }));
	beforeEach(() => {
		writeFileSync(tokenFile, token());
		vi.stubEnv("AZURE_TENANT_ID", entra.emulator.tenants.contoso.id);
		vi.stubEnv("AZURE_CLIENT_ID", entra.emulator.apps.daemon.clientId);
		vi.stubEnv("AZURE_FEDERATED_TOKEN_FILE", tokenFile);
	});
	afterEach(() => {
		vi.unstubAllEnvs();
	});

	const token = (claims: Record<string, unknown> = {}) =>
		signedJwt(pem, {}, { iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, ...claims });
	return {
		/** Where the token lies. */
		get tokenFile(): string {
			return tokenFile;
		},
		/** The path of a file beside it. */
		file: (name: string) => path.join(directory, name),
		/** A token as the cluster signs it for the service account. */
		token,
		/** What the kubelet does: new content in the place of the old. */
		rotate(content = token()): string {
			writeFileSync(tokenFile, content);
			return content;
		},
		workload: (options: WorkloadIdentityCredentialOptions = {}) =>
			new WorkloadIdentityCredential({ ...entra.options, ...options }),
	};
}
