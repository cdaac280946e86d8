import Provider, { type KoaContextWithOIDC } from "oidc-provider";
import type { Tenant } from "../fixtures.ts";
import type { OwnTokens } from "../own-tokens.ts";
import { translateAnswer } from "./answer-translation.ts";
import type { EngineParts } from "./engine-parts.ts";
import { exchangeOf, type LibraryError } from "./exchange.ts";
import { registerOnBehalfOfGrant } from "./on-behalf-of-grant.ts";
import { registerPasswordGrant } from "./password-grant.ts";
import { providerConfiguration } from "./provider-configuration.ts";
import type { Storage } from "./storage.ts";

/** The library as one tenant, under one name of the authority: the issuer of its id tokens holds both. */
export function tenantProvider(
	parts: EngineParts,
	tenant: Tenant,
	authority: string,
	storage: Storage,
	tokens: OwnTokens,
): Provider {
	const provider = new Provider(
		`${authority}/${tenant.id}/v2.0`,
		providerConfiguration(parts, tenant, storage),
	);
	registerPasswordGrant(provider, parts, tenant);
	registerOnBehalfOfGrant(provider, parts, tenant, tokens);

	// The middleware below sees only the answer; what was wrong in detail is told to listeners.
	const remember = (context: KoaContextWithOIDC, error: LibraryError) => {
		const exchange = exchangeOf(context.req);
		if (exchange !== undefined) exchange.libraryError = error;
	};
	provider.on("grant.error", remember);
	provider.on("device_authorization.error", remember);
	provider.on("authorization.error", remember);
	provider.on("server_error", (context, error) => {
		remember(context, {});
		// Not a refusal but a fault in the emulator: whoever runs it should see it. It holds no parameter of the request.
		console.error("azidentity-emulator:", error);
	});
	provider.use(async (context, next) => {
		await next();
		translateAnswer(parts, context as unknown as KoaContextWithOIDC);
	});
	return provider;
}
