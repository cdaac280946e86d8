import {
	EnvironmentCredential,
	type EnvironmentCredentialOptions,
} from "azidentity";
import { afterEach, beforeEach, vi } from "vitest";
import type { emulatedEntra } from "./emulated-entra.ts";

/** What an {@link EnvironmentCredential} reads, without the beginning that all have. */
export const VARIABLES = [
	"TENANT_ID",
	"CLIENT_ID",
	"CLIENT_SECRET",
	"CLIENT_CERTIFICATE_PATH",
	"CLIENT_CERTIFICATE_PASSWORD",
	"CLIENT_SEND_CERTIFICATE_CHAIN",
	"USERNAME",
	"PASSWORD",
	"ADDITIONALLY_ALLOWED_TENANTS",
] as const;

export type Settings = Partial<Record<(typeof VARIABLES)[number], string>>;

/** An environment with nothing in it, as new for each test, and what can be put there. */
export function azureEnvironment(entra: ReturnType<typeof emulatedEntra>) {
	beforeEach(() => {
		for (const name of VARIABLES) vi.stubEnv(`AZURE_${name}`, undefined);
	});
	afterEach(() => {
		vi.unstubAllEnvs();
	});
	return {
		set(settings: Settings) {
			for (const [name, value] of Object.entries(settings))
				vi.stubEnv(`AZURE_${name}`, value);
		},
		daemon: (): Settings => ({
			TENANT_ID: entra.emulator.tenants.contoso.id,
			CLIENT_ID: entra.emulator.apps.daemon.clientId,
		}),
		secret: (): Settings => ({
			CLIENT_SECRET: entra.emulator.apps.daemon.secrets[0],
		}),
		certificate: (): Settings => ({
			CLIENT_CERTIFICATE_PATH: entra.emulator.appCertificate.file,
		}),
		person: (): Settings => {
			const { password, username } = entra.emulator.users.alice;
			return { USERNAME: username, PASSWORD: password };
		},
		credential: (options: EnvironmentCredentialOptions = {}) =>
			new EnvironmentCredential({ ...entra.options, ...options }),
	};
}
