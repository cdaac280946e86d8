/** A directory. */
export interface Tenant {
	readonly id: string;
	readonly domain: string;
	readonly name: string;
}

/** A person of a tenant. */
export interface User {
	/** The object id. */
	readonly id: string;
	readonly tenantId: string;
	/** The user principal name; its domain is the tenant's. */
	readonly username: string;
	readonly name: string;
	readonly password: string;
	/** Whether the password alone is not enough: the password grant is refused, the sign-in page counts as both factors. */
	readonly mfa?: boolean;
}

/** A foreign issuer whose tokens an app may present as its own (workload identity federation). */
export interface FederatedCredential {
	readonly issuer: string;
	readonly subject: string;
	/** Default `api://AzureADTokenExchange`. */
	readonly audience?: string;
	/** The issuer's public keys: the set itself, or where to get it. Without either they are looked up by OpenID discovery. */
	readonly jwks?: { readonly keys: readonly object[] };
	readonly jwksUri?: string;
}

/** An app registration. */
export interface App {
	readonly clientId: string;
	/** The tenant it is registered in. */
	readonly tenantId: string;
	readonly name: string;
	/** Whether it is a public client: it has no credentials of its own. */
	readonly isPublic?: boolean;
	/** Whether every tenant may use it. */
	readonly isMultiTenant?: boolean;
	/** Whether its refresh tokens work for its whole family (`foci`). */
	readonly isFamily?: boolean;
	readonly secrets?: readonly string[];
	/** Certificates as PEM; private keys beside them are ignored. */
	readonly certificates?: readonly string[];
	readonly federatedCredentials?: readonly FederatedCredential[];
	/** `http://localhost` matches with any port. */
	readonly redirectUris?: readonly string[];
	readonly identifierUris?: readonly string[];
	/** Which access tokens the app wants as an API. Default 1. */
	readonly tokenVersion?: 1 | 2;
	/** What it lets users delegate, as an API. Default `user_impersonation`. */
	readonly scopes?: readonly string[];
	/** What it grants to every app that asks, as an API. */
	readonly roles?: readonly string[];
}

/** An app with at least one secret. */
export interface ConfidentialApp extends App {
	readonly secrets: readonly [string, ...string[]];
}

const CONTOSO = "aaaa1111-0000-4000-8000-000000000001";
const FABRIKAM = "bbbb2222-0000-4000-8000-000000000002";

/** The tenants every emulator has. */
export interface Tenants {
	readonly contoso: Tenant;
	readonly fabrikam: Tenant;
}

/** The people every emulator has: Alice and Bob (who needs a second factor) of Contoso, Carol of Fabrikam. */
export interface Users {
	readonly alice: User;
	readonly bob: User;
	readonly carol: User;
}

/** The apps every emulator has. */
export interface Apps {
	/** A service: secrets, a certificate; works in every tenant. */
	readonly daemon: ConfidentialApp;
	/** A web app that signs people in. */
	readonly web: ConfidentialApp;
	/** A desktop app. */
	readonly native: App;
	/** An API with version 2 tokens, which may also ask on behalf of its callers. */
	readonly api: ConfidentialApp;
	readonly azureCli: App;
	readonly azurePowerShell: App;
}

export const TENANTS: Tenants = {
	contoso: { id: CONTOSO, domain: "contoso.test", name: "Contoso" },
	fabrikam: { id: FABRIKAM, domain: "fabrikam.test", name: "Fabrikam" },
};

export const USERS: Users = {
	alice: {
		id: "e0000000-0000-4000-8000-0000000a11ce",
		tenantId: CONTOSO,
		username: "alice@contoso.test",
		name: "Alice Example",
		password: "correct horse",
	},
	bob: {
		id: "e0000000-0000-4000-8000-000000000b0b",
		tenantId: CONTOSO,
		username: "bob@contoso.test",
		name: "Bob Example",
		password: "battery staple",
		mfa: true,
	},
	carol: {
		id: "e0000000-0000-4000-8000-0000000ca401",
		tenantId: FABRIKAM,
		username: "carol@fabrikam.test",
		name: "Carol Example",
		password: "hunter2",
	},
};

/** The apps, with the daemon holding this certificate. */
export function fixtureApps(certificate: string): Apps {
	return {
		daemon: {
			clientId: "c0000000-0000-4000-8000-00000000da01",
			tenantId: CONTOSO,
			name: "Daemon",
			isMultiTenant: true,
			secrets: ["s3cr3t~one", "s3cr3t~two"],
			certificates: [certificate],
			redirectUris: ["http://localhost:3000/cb"],
		},
		web: {
			clientId: "c0000000-0000-4000-8000-000000000e31",
			tenantId: CONTOSO,
			name: "Web app",
			secrets: ["web-secret"],
			redirectUris: ["https://localhost:3001/cb", "http://localhost:3000/cb"],
		},
		native: {
			clientId: "c0000000-0000-4000-8000-0000000c1101",
			tenantId: CONTOSO,
			name: "Native app",
			isPublic: true,
			redirectUris: ["http://localhost"],
		},
		api: {
			clientId: "c0000000-0000-4000-8000-0000000a9101",
			tenantId: CONTOSO,
			name: "Orders API",
			secrets: ["api-secret"],
			identifierUris: ["api://orders"],
			tokenVersion: 2,
			scopes: ["access_as_user", "Orders.Read"],
		},
		azureCli: {
			clientId: "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
			tenantId: CONTOSO,
			name: "Azure CLI",
			isPublic: true,
			isFamily: true,
			isMultiTenant: true,
			redirectUris: ["http://localhost"],
		},
		azurePowerShell: {
			clientId: "1950a258-227b-4e31-a9cf-717495945fc2",
			tenantId: CONTOSO,
			name: "Azure PowerShell",
			isPublic: true,
			isFamily: true,
			isMultiTenant: true,
			redirectUris: ["http://localhost"],
		},
	};
}
