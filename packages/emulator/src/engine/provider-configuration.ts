import {
	type Configuration,
	interactionPolicy,
	type JWKS,
	type KoaContextWithOIDC,
} from "oidc-provider";
import { idTokenClaims } from "../dialect/claims.ts";
import { isOidcScope } from "../dialect/scope.ts";
import type { Tenant } from "../fixtures.ts";
import type { EngineParts } from "./engine-parts.ts";
import { requiredExchange } from "./exchange.ts";
import { devicePages, errorAnswer, signOutPages } from "./library-pages.ts";
import { OFFLINE } from "./library-scope.ts";
import { resourceServer } from "./resource-server.ts";
import type { Storage } from "./storage.ts";
import { exchangeClaims, tokenHeader } from "./token-writer.ts";

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);

const ROUTES = {
	authorization: "/oauth2/v2.0/authorize",
	token: "/oauth2/v2.0/token",
	device_authorization: "/oauth2/v2.0/devicecode",
	code_verification: "/oauth2/deviceauth",
	end_session: "/oauth2/v2.0/logout",
};

/** The library set up as one tenant of Entra. Nearly all that differs from its defaults is a path or a lifetime. */
export function providerConfiguration(
	parts: EngineParts,
	tenant: Tenant,
	storage: Storage,
): Configuration {
	return {
		adapter: storage.adapter,
		jwks: { keys: [parts.signingKey] } as JWKS,
		clientAuthMethods: ["client_secret_post", "private_key_jwt", "none"],
		enabledJWA: { clientAuthSigningAlgValues: ["RS256", "PS256"] },
		clientDefaults: { id_token_signed_response_alg: "RS256" },
		routes: ROUTES,
		cookies: {
			keys: [parts.internalSecret],
			// Browsers do not tell ports apart, so each tenant's cookies have names of their own.
			names: {
				session: `emulator_session_${tenant.id}`,
				interaction: `emulator_interaction_${tenant.id}`,
				resume: `emulator_resume_${tenant.id}`,
			},
		},
		scopes: ["openid", "profile", "email", "offline_access"],
		claims: {
			openid: [
				"sub",
				"oid",
				"tid",
				"ver",
				"rh",
				"uti",
				"aio",
				"nbf",
				"auth_time",
			],
			profile: ["name", "preferred_username"],
			email: ["email"],
		},
		conformIdTokenClaims: false,
		features: features(parts),
		// An app with a proof of its own may do without, as with Entra.
		pkce: {
			required: (_context, client) => client.clientAuthMethod === "none",
		},
		ttl: lifetimes(parts),
		formats: { customizers: { jwt: entraToken(parts) } },
		interactions: {
			policy: prompts(),
			url: (_context, interaction) => `/${tenant.id}/login/${interaction.uid}`,
		},
		findAccount: (context, id) => account(parts, context, id),
		loadExistingGrant: directoryConsent,
		expiresWithSession: () => false,
		rotateRefreshToken: true,
		issueRefreshToken: (context, _client, source) =>
			originalScope(source).includes(OFFLINE) ||
			requiredExchange(context.req).scope.oidc.includes("offline_access"),
		renderError: errorAnswer(parts.now),
	};
}

function features(parts: EngineParts): NonNullable<Configuration["features"]> {
	return {
		devInteractions: { enabled: false },
		userinfo: { enabled: false },
		pushedAuthorizationRequests: { enabled: false },
		dPoP: { enabled: false },
		clientCredentials: { enabled: true },
		rpInitiatedLogout: { enabled: true, ...signOutPages },
		deviceFlow: {
			enabled: true,
			mask: "*********",
			charset: "base-20",
			...devicePages,
		},
		resourceIndicators: {
			enabled: true,
			useGrantedResource: () => true,
			getResourceServerInfo: (_context, uri) => resourceServer(parts, uri),
		},
	};
}

/** Knobs are read at each request, so lifetimes are functions. */
function lifetimes({ knobs }: EngineParts): NonNullable<Configuration["ttl"]> {
	return {
		AccessToken: () => seconds(knobs.accessTokenLifetime),
		ClientCredentials: () => seconds(knobs.accessTokenLifetime),
		IdToken: () => seconds(knobs.accessTokenLifetime),
		RefreshToken: () => seconds(knobs.refreshTokenLifetime),
		// What a refresh token rests on must not end before it.
		Grant: () => seconds(knobs.refreshTokenLifetime) + DAY_S,
		AuthorizationCode: () => seconds(knobs.authorizationCodeLifetime),
		DeviceCode: () => seconds(knobs.deviceCodeLifetime),
		Interaction: HOUR_S,
		Session: DAY_S,
	};
}

type Customizers = NonNullable<
	NonNullable<Configuration["formats"]>["customizers"]
>;

/** Puts Entra's header and claims in the place of the library's. */
function entraToken(parts: EngineParts): NonNullable<Customizers["jwt"]> {
	return (context, token, jwt) => {
		const accountId = "accountId" in token ? token.accountId : undefined;
		jwt.header = tokenHeader(parts);
		jwt.payload = exchangeClaims(
			parts,
			requiredExchange(context.req),
			parts.directory.user(accountId),
		);
	};
}

function prompts() {
	const policy = interactionPolicy.base();
	policy.add(
		new interactionPolicy.Prompt({ name: "select_account", requestable: true }),
		0,
	);
	// It asks for consent at native apps each time, so that nobody would ever be signed in silently.
	policy.get("consent")?.checks.remove("native_client_prompt");
	return policy;
}

function account(parts: EngineParts, context: KoaContextWithOIDC, id: string) {
	const user = parts.directory.user(id);
	if (user === undefined) return undefined;
	return {
		accountId: id,
		claims: () => {
			const clientId = context.oidc.client?.clientId ?? "";
			return idTokenClaims(user, { clientId }, seconds(parts.now()));
		},
	};
}

/** The scope that a code was asked for with: a device code has it in its parameters. */
function originalScope(source: {
	readonly params?: unknown;
	readonly scope?: unknown;
}): string[] {
	const params = source.params as { scope?: unknown } | undefined;
	return String(params?.scope ?? source.scope ?? "").split(" ");
}

/** Consent lives in the directory, not in the session: who signs in is granted what the app asks for. */
async function directoryConsent(context: KoaContextWithOIDC) {
	const { client, params, session, result, provider } = context.oidc;
	if (!client || !session) return undefined;
	const id = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
	const known = id === undefined ? undefined : await provider.Grant.find(id);
	const grant =
		known ??
		new provider.Grant({
			clientId: client.clientId,
			...(session.accountId && { accountId: session.accountId }),
		});
	if (grant.accountId !== session.accountId) return undefined;
	const scopes = String(params?.scope ?? "").split(" ");
	grant.addOIDCScope(["openid", ...scopes.filter(isOidcScope)].join(" "));
	const named = scopes.filter((scope) => !isOidcScope(scope));
	for (const resource of [params?.resource].flat())
		if (typeof resource === "string")
			grant.addResourceScope(resource, named.join(" "));
	await grant.save();
	return grant;
}
