import { createHash, X509Certificate } from "node:crypto";
import type { Resource } from "./dialect/claims.ts";
import { GRAPH } from "./dialect/scope.ts";
import type { App, Tenant, User } from "./fixtures.ts";

/** A registered certificate, as the headers of assertions name it. */
export interface AppCertificate {
	/** SHA-1 and SHA-256 of the DER form, base64url. */
	readonly x5t: string;
	readonly x5t256: string;
	readonly jwk: object;
}

/** Who and what the emulator knows. */
export interface Directory {
	tenants(): readonly Tenant[];
	/** By id or domain, in any case. */
	tenant(name: string | undefined): Tenant | undefined;
	/** The tenant of the name's domain, or else the first one. */
	homeTenant(username: string | undefined): Tenant;
	users(tenantId: string): readonly User[];
	user(id: string | undefined): User | undefined;
	userNamed(username: string | undefined): User | undefined;
	/** The app as one tenant sees it: its own, and those for every tenant. */
	app(clientId: string | undefined, tenantId: string): App | undefined;
	certificates(app: App): readonly AppCertificate[];
	resource(name: string): Resource | undefined;
	updateUser(username: string, patch: Partial<User>): void;
	updateApp(clientId: string, patch: Partial<App>): void;
	/** The object id of a user (by name or id) or the client id of an app. Throws when there is no such subject. */
	subject(name: string): string;
}

/** Microsoft's own resources that have no URI in a request, only their application id. */
const WELL_KNOWN_IDS: ReadonlySet<string> = new Set([
	"00000003-0000-0000-c000-000000000000", // Microsoft Graph
	"797f4846-ba00-4fd7-ba43-dac1f8f63013", // Azure Resource Manager
	"e406a681-f3d4-42a8-90b6-c2b029497af1", // Azure Storage
	"cfa8b339-82a2-471a-a3c9-0fc0be7a4093", // Azure Key Vault
	"499b84ac-1321-427f-aa17-267ca6975798", // Azure DevOps
	"6dae42f8-4368-4678-94ff-3960e28e3630", // Azure Kubernetes Service
]);

/** Throws a `TypeError` for a certificate that cannot be read. */
export function directory(entries: {
	readonly tenants: readonly Tenant[];
	readonly apps: readonly App[];
	readonly users: readonly User[];
}): Directory {
	const { tenants } = entries;
	const users = [...entries.users];
	const apps = [...entries.apps];
	for (const app of apps) certificatesOf(app);

	const user = (id: string | undefined) => users.find((one) => one.id === id);
	const userNamed = (name: string | undefined) =>
		users.find((one) => isSameName(one.username, name));
	const tenant = (name: string | undefined) =>
		tenants.find(({ id, domain }) => [id, domain].some(isNamed(name)));
	return {
		tenants: () => tenants,
		tenant,
		homeTenant: (name) => tenant(name?.split("@")[1]) ?? firstOf(tenants),
		users: (tenantId) => users.filter((one) => one.tenantId === tenantId),
		user,
		userNamed,
		app: (clientId, tenantId) =>
			apps.find(
				(app) =>
					isSameName(app.clientId, clientId) &&
					(app.isMultiTenant === true || app.tenantId === tenantId),
			),
		certificates: certificatesOf,
		resource: (name) => registeredResource(apps, name) ?? foreignResource(name),
		updateUser(name, patch) {
			replace(users, userNamed(name), patch, `user named "${name}"`);
		},
		updateApp(clientId, patch) {
			// What cannot be read is refused here, not at some later request.
			certificatesOf({ certificates: patch.certificates ?? [] });
			const app = apps.find(({ clientId: id }) => isSameName(id, clientId));
			replace(apps, app, patch, `app with the client id "${clientId}"`);
		},
		subject(name) {
			const app = apps.find(({ clientId }) => isSameName(clientId, name));
			const id = (userNamed(name) ?? user(name))?.id ?? app?.clientId;
			if (id === undefined)
				throw new Error(`There is no user or app "${name}".`);
			return id;
		},
	};
}

const isSameName = (name: string, other: string | undefined) =>
	name.toLowerCase() === other?.toLowerCase();

const isNamed = (wanted: string | undefined) => (name: string) =>
	isSameName(name, wanted);

function firstOf(tenants: readonly Tenant[]): Tenant {
	const [first] = tenants;
	if (first === undefined) throw new TypeError("A directory needs a tenant.");
	return first;
}

function replace<Entry>(
	entries: Entry[],
	found: Entry | undefined,
	patch: Partial<Entry>,
	what: string,
): void {
	if (found === undefined) throw new Error(`There is no ${what}.`);
	entries[entries.indexOf(found)] = { ...found, ...patch };
}

/** An API registered here, by client id or identifier URI. */
function registeredResource(
	apps: readonly App[],
	name: string,
): Resource | undefined {
	const api = apps.find(
		(app) => app.clientId === name || app.identifierUris?.includes(name),
	);
	if (api === undefined) return undefined;
	const version = api.tokenVersion ?? 1;
	return {
		audience: version === 2 ? api.clientId : name,
		version,
		permissions: api.scopes ?? ["user_impersonation"],
		roles: api.roles ?? [],
	};
}

/** Any other API of Microsoft's or the user's tenant: every web address counts as one, other names have to be known. */
function foreignResource(name: string): Resource | undefined {
	const isKnown =
		name.startsWith("https://") || WELL_KNOWN_IDS.has(name.toLowerCase());
	if (!isKnown) return undefined;
	return {
		audience: name,
		version: 1,
		permissions: [name === GRAPH ? "User.Read" : "user_impersonation"],
		roles: [],
	};
}

/** What was read once; certificates are few, and each is asked for with every assertion. */
const readCertificates = new Map<string, AppCertificate>();

const certificatesOf = (app: Pick<App, "certificates">) =>
	(app.certificates ?? []).map((pem) => {
		const certificate = readCertificates.get(pem) ?? readCertificate(pem);
		readCertificates.set(pem, certificate);
		return certificate;
	});

function readCertificate(pem: string): AppCertificate {
	const start = pem.indexOf("-----BEGIN CERTIFICATE-----");
	if (start < 0)
		throw new TypeError("An app certificate is PEM with a CERTIFICATE block.");
	const certificate = new X509Certificate(pem.slice(start));
	return {
		x5t: createHash("sha1").update(certificate.raw).digest("base64url"),
		x5t256: createHash("sha256").update(certificate.raw).digest("base64url"),
		jwk: certificate.publicKey.export({ format: "jwk" }),
	};
}
