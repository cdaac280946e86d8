export type { Fault } from "./edge/faults.ts";
export type { LoggedRequest } from "./edge/request-log.ts";
export type { Emulator, EmulatorOptions } from "./emulator.ts";
export type {
	App,
	Apps,
	ConfidentialApp,
	FederatedCredential,
	Tenant,
	Tenants,
	User,
	Users,
} from "./fixtures.ts";
export type { Knobs } from "./knobs.ts";
export { IDENTITY_HEADER } from "./managed-identity/host.ts";
export { startEmulator } from "./start-emulator.ts";
