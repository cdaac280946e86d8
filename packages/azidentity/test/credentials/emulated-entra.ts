import type { Emulator } from "@azidentity/emulator";
import { emulatorOfFile } from "@azidentity/testkit/emulator";
import {
	ClientSecretCredential,
	type ClientSecretCredentialOptions,
} from "azidentity";

export const VAULT = "https://vault.azure.net/.default";
export const STORAGE = "https://storage.azure.com/.default";

/** An emulator for the tests of one file: as new for each test, and gone after the last. */
export function emulatedEntra() {
	const emulator = emulatorOfFile();

	const entra = {
		get emulator(): Emulator {
			return emulator();
		},
		/** The options that lead a credential to the emulator. */
		get options(): ClientSecretCredentialOptions {
			return {
				authorityHost: emulator().authorityHost,
				disableInstanceDiscovery: true,
				tlsOptions: { ca: emulator().ca },
				// Faults are repeated without the pauses that a real service deserves.
				retryOptions: { retryDelayInMs: 1, maxRetryDelayInMs: 2 },
			};
		},
		/** The daemon of the fixtures, signing in by its secret. */
		daemon(
			options: ClientSecretCredentialOptions = {},
			secret: string = emulator().apps.daemon.secrets[0],
		): ClientSecretCredential {
			return new ClientSecretCredential(
				emulator().tenants.contoso.id,
				emulator().apps.daemon.clientId,
				secret,
				{ ...entra.options, ...options },
			);
		},
		/** The requests for tokens that reached the authority. */
		async tokenRequests() {
			return (await emulator().requests()).filter(({ path }) =>
				path.endsWith("/oauth2/v2.0/token"),
			);
		},
	};
	return entra;
}

/** The claims of a JWT, as anybody can read them. */
export function claimsOf(token: string): Record<string, unknown> {
	const payload = token.split(".")[1] ?? "";
	return JSON.parse(Buffer.from(payload, "base64url").toString());
}
