import assert from "node:assert/strict";
import {
	ClientAssertionCredential,
	ClientCertificateCredential,
	ClientSecretCredential,
	type TokenCredential,
	WorkloadIdentityCredential,
} from "azidentity";
import { afterEach, describe, test, vi } from "vitest";
import type { EntraClientOptions } from "../../src/entra/entra-client-options.ts";
import { issued } from "../certificates/issued.ts";
import { scratchFolder } from "../certificates/scratch-folder.ts";
import {
	CLIENT_ID,
	GRANTED,
	SCOPE,
	ScriptedService,
	TENANT,
} from "../entra/scripted-service.ts";
import { claimsOf } from "./emulated-entra.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

const scratch = scratchFolder();
const app = issued({ name: "Daemon" });

/** Each that signs an application in as itself. */
const APPLICATIONS: Record<
	string,
	(options: EntraClientOptions) => TokenCredential
> = {
	ClientSecretCredential: (options) =>
		new ClientSecretCredential(TENANT, CLIENT_ID, "secret", options),
	ClientAssertionCredential: (options) =>
		new ClientAssertionCredential(
			TENANT,
			CLIENT_ID,
			async () => "assertion",
			options,
		),
	ClientCertificateCredential: (options) =>
		new ClientCertificateCredential(
			TENANT,
			CLIENT_ID,
			{ certificate: app.pem },
			options,
		),
	WorkloadIdentityCredential: (options) =>
		new WorkloadIdentityCredential({
			...options,
			tenantId: TENANT,
			clientId: CLIENT_ID,
			tokenFilePath: scratch.file("assertion"),
		}),
};

describe("A region is for every credential of an application", () => {
	for (const [name, make] of Object.entries(APPLICATIONS)) {
		test(name, async () => {
			vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", "westus2");
			const service = new ScriptedService({ body: GRANTED });
			await make(service.options()).getToken(SCOPE);
			assert.deepEqual(
				service.seen.map(({ url }) => new URL(url).host),
				["westus2.login.microsoft.com"],
			);
			// What the credential signs is for the region, too.
			const { client_assertion: signed = "" } = service.seen[0]?.form ?? {};
			if (signed.includes("."))
				assert.equal(claimsOf(signed).aud, service.seen[0]?.url);

			vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", "evil.example/");
			assert.throws(() => make({}), {
				name: "CredentialUnavailableError",
				message: new RegExp(`^${name}: the environment variable`),
			});
		});
	}
});
