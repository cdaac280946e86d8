import type { LoggedRequest } from "@azidentity/emulator";
import type {
	ClientSecretCredentialOptions,
	TokenCredential,
} from "azidentity";
import { afterEach, describe } from "vitest";
import { callsThatCannotBe } from "./contract/bad-calls.ts";
import { callersWhoLeave } from "./contract/callers.ts";
import { challenges } from "./contract/challenges.ts";
import { failures } from "./contract/failures.ts";
import { memory } from "./contract/memory.ts";
import { outages } from "./contract/outages.ts";
import { secrecy } from "./contract/secrecy.ts";
import type { emulatedEntra } from "./emulated-entra.ts";

/** The options that every credential of a service takes. */
export type ServiceOptions = ClientSecretCredentialOptions;

export interface ServiceUnderTest {
	/** A new credential with these options; made again in a test, it is the same service's on behalf of the same user. */
	make(options: ServiceOptions): TokenCredential;
	/** The application whose tokens it gets, by client id. Default: the daemon. */
	readonly clientId?: () => string;
	/** Whether Fabrikam answers as well, when it is among the allowed tenants. Default true. */
	readonly hasOtherTenants?: boolean;
}

/** What the parts of the contract are told. */
export interface Contract {
	/** The name of the class, which errors begin with. */
	readonly name: string;
	readonly entra: ReturnType<typeof emulatedEntra>;
	readonly hasOtherTenants: boolean;
	/** The application, as `emulator.revoke` takes it. */
	readonly clientId: () => string;
	/** A credential that leads to the emulator. */
	readonly make: (options?: ServiceOptions) => TokenCredential;
	/** Lets time pass for credentials and for the authority, until the test is over. */
	readonly pass: (milliseconds: number) => Promise<void>;
	/** The requests of the credentials for tokens, and not those of anybody's sign-in. */
	readonly requests: () => Promise<LoggedRequest[]>;
}

/**
 * What every credential by which a service proves itself must do, as tests. A credential's own test file holds
 * this call and what is special.
 * @param name The name of its class.
 */
export function serviceCredentialContract(
	name: string,
	entra: ReturnType<typeof emulatedEntra>,
	service: ServiceUnderTest,
): void {
	const { hasOtherTenants = true } = service;
	let passed = 0;
	const pass = async (milliseconds: number) => {
		passed += milliseconds;
		await entra.emulator.advanceClock(milliseconds);
	};
	const contract: Contract = {
		name,
		entra,
		hasOtherTenants,
		clientId: service.clientId ?? (() => entra.emulator.apps.daemon.clientId),
		make: (options) =>
			service.make({ now: () => Date.now() + passed, ...options }),
		pass,
		requests: async () =>
			(await entra.tokenRequests()).filter(
				({ grantType }) => grantType !== "password",
			),
	};
	describe(`${name} keeps the contract of a service's credential`, () => {
		afterEach(async () => {
			if (passed !== 0) await pass(-passed);
		});
		describe("memory", () => memory(contract));
		describe("callers", () => callersWhoLeave(contract));
		describe("failures", () => failures(contract));
		describe("outages", () => outages(contract));
		describe("challenges", () => challenges(contract));
		describe("bad calls", () => callsThatCannotBe(contract));
		describe("secrecy", () => secrecy(contract));
	});
}
