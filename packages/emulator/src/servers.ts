import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificates } from "./certificates/certificates.ts";
import { makeSelfSigned } from "./certificates/make-certificates.ts";
import { type CommandParts, commands, type RunCommand } from "./commands.ts";
import { connectProxy } from "./connect-proxy.ts";
import { directory } from "./directory.ts";
import { CONTROL_PATH } from "./edge/control-api.ts";
import { edge } from "./edge/edge.ts";
import type { EdgeParts } from "./edge/edge-parts.ts";
import { faultList } from "./edge/faults.ts";
import { type Listeners, listenOnLoopback } from "./edge/listeners.ts";
import { requestLog } from "./edge/request-log.ts";
import { DEMO_API_PATH } from "./edge/routes.ts";
import type { EmulatorOptions } from "./emulator.ts";
import { entraEngine } from "./engine/entra-engine.ts";
import { fixtureApps, TENANTS, USERS } from "./fixtures.ts";
import { DEFAULT_KNOBS, turnKnobs } from "./knobs.ts";
import { managedIdentityServer, selfSignedFront } from "./managed-identity.ts";
import { ownTokens, publicPart } from "./own-tokens.ts";
import { proxyRoutes } from "./proxy-routes.ts";
import { moments, revocations } from "./revocations.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import type { EmulatorFacts } from "./worker-messages.ts";

/** The emulator's servers, listening. */
export interface Servers {
	readonly facts: EmulatorFacts;
	readonly run: RunCommand;
	readonly authority: Listeners;
	close(): Promise<void>;
}

/** Starts everything in this thread. */
export async function startServers(
	options: EmulatorOptions,
	certificates: Certificates,
	clock: VirtualClock,
): Promise<Servers> {
	const { cert, key } = certificates;
	const answer: { serve?: ReturnType<typeof edge> } = {};
	const authority = await listenOnLoopback(
		() => createServer({ cert, key }, (...visit) => answer.serve?.(...visit)),
		options.port ?? 0,
	);
	const built = build(options, certificates, clock, authority.port);
	answer.serve = edge(built.edgeParts);

	const managedIdentity = managedIdentityServer({
		mintApp: (request) => built.edgeParts.engine.mintApp(request),
		takeFault: (path) => built.edgeParts.faults.take(path),
		log: (entry) => built.edgeParts.log.add(entry),
		now: clock.now,
		...(options.arcDirectory && { arcDirectory: options.arcDirectory }),
	});
	const proxy = connectProxy({
		port: () => authority.port,
		routes: built.routes,
		elsewhere: options.elsewhere ?? "refuse",
	});
	const selfSigned = makeSelfSigned(clock.now());
	const serviceFabric = selfSignedFront(managedIdentity, selfSigned);
	const others = [managedIdentity, serviceFabric, proxy];
	const close = async () => {
		await Promise.all([authority.suspend(), ...others.map(closeServer)]);
	};
	try {
		const identityPort = options.managedIdentityPort ?? 0;
		return {
			run: built.run,
			authority,
			close,
			facts: {
				...built.facts,
				managedIdentityUrl: await listen(managedIdentity, identityPort),
				serviceFabric: {
					url: `${await listen(serviceFabric, 0, "https")}/service-fabric/token`,
					thumbprint: selfSigned.thumbprint,
				},
				proxyUrl: await listen(proxy, options.proxyPort ?? 0),
			},
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** Puts the parts together that have no socket of their own. */
function build(
	options: EmulatorOptions,
	certificates: Certificates,
	clock: VirtualClock,
	port: number,
) {
	// Clients leave out the usual port, and compare addresses as text.
	const authority = `https://localhost${port === 443 ? "" : `:${port}`}`;
	const order = moments();
	const fixtures = {
		tenants: TENANTS,
		apps: fixtureApps(publicCertificate(certificates.appCertificate.pem)),
		users: USERS,
	};
	const shared = {
		directory: directory({
			tenants: [...Object.values(TENANTS), ...(options.tenants ?? [])],
			apps: [...Object.values(fixtures.apps), ...(options.apps ?? [])],
			users: [...Object.values(USERS), ...(options.users ?? [])],
		}),
		revocations: revocations(order),
		knobs: turnKnobs({ ...DEFAULT_KNOBS }, options.knobs ?? {}),
		faults: faultList(),
		log: requestLog(),
		now: clock.now,
		authority,
	};
	const { signingKey } = certificates;
	const engine = entraEngine({
		...shared,
		order,
		signingKey,
		internalSecret: randomBytes(32).toString("base64url"),
	});
	const routes = proxyRoutes();
	const run = commands({
		...shared,
		engine,
		clock,
		routes,
	} satisfies CommandParts);
	const controlKey = randomBytes(32).toString("base64url");
	const edgeParts: EdgeParts = {
		...shared,
		engine,
		tokens: ownTokens(signingKey),
		publicKey: publicPart(signingKey),
		control: { key: controlKey, run },
	};
	const { ca, caFile, certFile, keyFile, appCertificate } = certificates;
	const facts = {
		...fixtures,
		authorityHost: authority,
		demoApiUrl: `${authority}${DEMO_API_PATH}`,
		controlUrl: `${authority}${CONTROL_PATH}`,
		controlKey,
		ca,
		caFile,
		certFile,
		keyFile,
		appCertificate: { file: appCertificate.file, pem: appCertificate.pem },
	};
	return { edgeParts, run, routes, facts };
}

/** The certificate without the private key that stands before it. */
const publicCertificate = (pem: string) =>
	pem.slice(pem.indexOf("-----BEGIN CERTIFICATE-----"));

/** Listens on loopback and tells the address. */
function listen(
	server: Server,
	port: number,
	scheme = "http",
): Promise<string> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", () => {
			server.off("error", reject);
			const { port: bound } = server.address() as AddressInfo;
			resolve(`${scheme}://127.0.0.1:${bound}`);
		});
	});
}

const closeServer = (server: Server) =>
	new Promise<void>((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
