import type { Fault } from "./edge/faults.ts";
import type { LoggedRequest } from "./edge/request-log.ts";
import type { App, Apps, Tenant, Tenants, User, Users } from "./fixtures.ts";
import type { Knobs } from "./knobs.ts";

/** How to start an emulator. Every port is a free one unless given. */
export interface EmulatorOptions {
	/** Of the authority (HTTPS, on 127.0.0.1 and ::1). */
	port?: number;
	/** Of the managed identity endpoints (HTTP). */
	managedIdentityPort?: number;
	/** Of the CONNECT proxy (HTTP). */
	proxyPort?: number;
	/**
	 * Where certificates and keys are kept; they are made there on the first start.
	 * Default: `azidentity-emulator` in the user's cache directory (`$XDG_CACHE_HOME` or `~/.cache`).
	 */
	directory?: string;
	/** What the proxy does with hosts that are not Microsoft's sign-in hosts. Default "refuse". */
	elsewhere?: "refuse" | "tunnel";
	/** Where key files for Azure Arc are written: clients accept only the agent's own directory. Without it Arc is off. */
	arcDirectory?: string;
	/** How the knobs stand at the start. */
	knobs?: Partial<Knobs>;
	/** Tenants besides the ones that are always there. */
	tenants?: readonly Tenant[];
	/** Apps besides the ones that are always there. */
	apps?: readonly App[];
	/** Users besides the ones that are always there. */
	users?: readonly User[];
}

/** A running emulator. Methods reject with an `Error` that says what was wrong with the call. */
export interface Emulator {
	/** The authority: `https://localhost:{port}`. */
	readonly authorityHost: string;
	/** The managed identity endpoints: `http://127.0.0.1:{port}`. */
	readonly managedIdentityUrl: string;
	/**
	 * The token endpoint of Service Fabric behind TLS, as there: with a certificate that nobody vouches for. Clients know it
	 * by `thumbprint`, which is new at each start (`IDENTITY_ENDPOINT` and `IDENTITY_SERVER_THUMBPRINT`).
	 */
	readonly serviceFabric: { readonly url: string; readonly thumbprint: string };
	/** The CONNECT proxy, for `HTTPS_PROXY`: with it and the CA, programs reach the emulator under the real host names. */
	readonly proxyUrl: string;
	/**
	 * An API that honours continuous access evaluation: it takes any valid access token of this emulator, and answers
	 * one issued before its user or app was revoked with 401 and a claims challenge.
	 */
	readonly demoApiUrl: string;
	/** The certificate authority as PEM, and its file (for `NODE_EXTRA_CA_CERTS` and the like). */
	readonly ca: string;
	readonly caFile: string;
	/** The server certificate and its key, for another server that is to be trusted along with the emulator. */
	readonly certFile: string;
	readonly keyFile: string;
	/** The certificate and private key of the app `daemon`, as PEM and as a file. */
	readonly appCertificate: { readonly file: string; readonly pem: string };
	/** The control API, for programs in other processes: POST with JSON and the key in `x-emulator-key`. */
	readonly controlUrl: string;
	readonly controlKey: string;
	/** The directory's own entries as they are at the start; later updates do not show here. */
	readonly tenants: Tenants;
	readonly apps: Apps;
	readonly users: Users;

	/** What was asked of the authority and the managed identity endpoints, oldest first. */
	requests(): Promise<LoggedRequest[]>;
	clearRequests(): Promise<void>;
	/** Turns knobs and resolves to how all of them stand. */
	configure(knobs: Partial<Knobs>): Promise<Knobs>;
	/** Adds a fault rule. The first rule that fits a request meets it, and is used up after `times`. */
	addFault(fault: Fault): Promise<void>;
	clearFaults(): Promise<void>;
	/** Moves the emulator's clock, and nobody else's. */
	advanceClock(milliseconds: number): Promise<void>;
	/** Ends all that was issued until now to a user (by user name or object id) or an app (by client id). */
	revoke(userOrAppId: string): Promise<void>;
	/** Does what the person at the device page would do. */
	approveDevice(userCode: string, username: string): Promise<void>;
	denyDevice(userCode: string): Promise<void>;
	/**
	 * Leads the proxy's connections to a host, or with `*.` in front to every host of a domain, to a server on 127.0.0.1:
	 * `*.blob.core.windows.net` to Azurite, for instance, which `certFile` and `keyFile` make trusted under that name.
	 */
	routeHost(host: string, port: number): Promise<void>;
	updateUser(username: string, patch: Partial<User>): Promise<void>;
	updateApp(clientId: string, patch: Partial<App>): Promise<void>;
	/** Switches the authority off: its listeners are closed and its connections cut. */
	suspend(): Promise<void>;
	/** Switches it on again, on the same port. */
	resume(): Promise<void>;
	/** Ends it. Nothing is left running. */
	close(): Promise<void>;
}
