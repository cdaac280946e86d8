import { randomUUID } from "node:crypto";
import type { Emulator } from "@azidentity/emulator";
import { emulatorOfFile } from "@azidentity/testkit/emulator";
import { BlobServiceClient } from "@azure/storage-blob";
import {
	ClientSecretCredential,
	type ClientSecretCredentialOptions,
	type TokenCredential,
} from "azidentity";
import { inject } from "vitest";
import type { Service } from "./azurite.ts";

/** Entra ID for the tests of one file, as new for each test, and beside it the Azure Storage of the whole run. */
export function emulatedAzure() {
	const emulator = emulatorOfFile();

	const azure = {
		get emulator(): Emulator {
			return emulator();
		},
		/** The options that lead a credential to the emulator. */
		get options(): ClientSecretCredentialOptions {
			return {
				authorityHost: emulator().authorityHost,
				disableInstanceDiscovery: true,
				tlsOptions: { ca: emulator().ca },
				// A service that is down is down for all tries; the pauses between them would say no more.
				retryOptions: { retryDelayInMs: 1, maxRetryDelayInMs: 2 },
			};
		},
		/**
		 * What makes clients of services trust the certificate that their services show here. The types of the storage
		 * clients do not know `tlsOptions` of their own pipeline, and take it beside an option that they know.
		 */
		get clientOptions() {
			return {
				tlsOptions: { ca: emulator().ca },
				userAgentOptions: { userAgentPrefix: "azidentity-tests" },
			};
		},
		/** The daemon of the fixtures, signing in by its secret, by another clock if need be. */
		daemon(
			options: ClientSecretCredentialOptions & { now?: () => number } = {},
		): ClientSecretCredential {
			return new ClientSecretCredential(
				emulator().tenants.contoso.id,
				emulator().apps.daemon.clientId,
				emulator().apps.daemon.secrets[0],
				{ ...azure.options, ...options },
			);
		},
		/** The address of a service of the storage account. */
		storage: (service: Service) =>
			`https://127.0.0.1:${inject("azurite")[service]}/devstoreaccount1`,
		blobs: (credential: TokenCredential) =>
			new BlobServiceClient(
				azure.storage("blob"),
				credential,
				azure.clientOptions,
			),
		/** A name that no other test uses: the storage is shared. */
		newName: () => `test${randomUUID().replaceAll("-", "")}`,
		/** The requests for tokens that reached the authority. */
		async tokenRequests() {
			return (await emulator().requests()).filter(({ path }) =>
				path.endsWith("/oauth2/v2.0/token"),
			);
		},
	};
	return azure;
}
