import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Emulator, startEmulator } from "@azidentity/emulator";
import { afterAll, beforeAll } from "vitest";
import {
	type AzureHost,
	azureHost,
	environment,
	managedIdentityTests,
} from "./azure-host.ts";

/** A cluster's token service for the tests of one file, with a certificate that is held to its thumbprint. */
export function serviceFabric() {
	managedIdentityTests();
	let emulator: Emulator;
	let tls: { cert: string; key: string };
	let thumbprint: string;
	beforeAll(async () => {
		emulator = await startEmulator();
		tls = {
			cert: readFileSync(emulator.certFile, "utf8"),
			key: readFileSync(emulator.keyFile, "utf8"),
		};
		thumbprint = new X509Certificate(tls.cert).fingerprint;
	});
	afterAll(() => emulator.close());

	const fabric = {
		get emulator() {
			return emulator;
		},
		get tls() {
			return tls;
		},
		get thumbprint() {
			return thumbprint;
		},
		/** What a program on the cluster finds in its environment. */
		announce(url: string, pin = thumbprint): void {
			environment({
				IDENTITY_ENDPOINT: `${url}/token`,
				IDENTITY_HEADER: "header",
				IDENTITY_SERVER_THUMBPRINT: pin,
			});
		},
		async host(pin = thumbprint): Promise<AzureHost> {
			const host = await azureHost(tls);
			fabric.announce(host.url, pin);
			return host;
		},
	};
	return fabric;
}
