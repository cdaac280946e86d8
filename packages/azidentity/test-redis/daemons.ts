import { emulatorOfFile } from "@azidentity/testkit/emulator";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { ClientSecretCredential, logger, TokenCache } from "azidentity";
import type { RedisStore } from "azidentity/redis";
import { afterEach, beforeEach } from "vitest";
import { until } from "./redis-server.ts";

export const VAULT = "https://vault.azure.net/.default";

/** An emulated authority, and the fixtures' daemon as each of its processes has it: with an empty memory. */
export function daemons() {
	const emulator = emulatorOfFile();
	return {
		get emulator() {
			return emulator();
		},
		/** What a credential is made of, as JSON can hold it. */
		get job() {
			return {
				tenantId: emulator().tenants.contoso.id,
				clientId: emulator().apps.daemon.clientId,
				secret: emulator().apps.daemon.secrets[0],
				options: {
					authorityHost: emulator().authorityHost,
					disableInstanceDiscovery: true,
					tlsOptions: { ca: emulator().ca },
				},
			};
		},
		cold(store: RedisStore, now?: () => number): ClientSecretCredential {
			const { tenantId, clientId, secret, options } = this.job;
			return new ClientSecretCredential(tenantId, clientId, secret, {
				...options,
				tokenCache: new TokenCache({ store, ...(now && { now }) }),
			});
		},
		async tokenRequests(): Promise<number> {
			const requests = await emulator().requests();
			return requests.filter(({ path }) => path.endsWith("/oauth2/v2.0/token"))
				.length;
		},
	};
}

const END = "that is all";
const isEnd = (line: string) => line.endsWith(END);

/** The warnings of one test, once all are written. */
export function warnings(): () => Promise<string[]> {
	let said: string[] = [];
	let writeLog: typeof AzureLogger.log;
	beforeEach(() => {
		said = [];
		writeLog = AzureLogger.log;
		AzureLogger.log = (...args) => said.push(args.join(" "));
		setLogLevel("warning");
	});
	afterEach(() => {
		AzureLogger.log = writeLog;
		setLogLevel(undefined);
	});
	return async () => {
		// Lines keep their order, and the log is loaded at the first one.
		logger.warning(END);
		await until("the log is written", () => said.some(isEnd));
		return said.filter((line) => !isEnd(line));
	};
}
