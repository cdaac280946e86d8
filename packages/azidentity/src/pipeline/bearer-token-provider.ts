import type { TokenCredential, TracingContext } from "@azure/core-auth";
import { TokenCache } from "../cache/token-cache.ts";
import { checkCredential } from "./credential-answer.ts";
import { tokenMemory } from "./token-memory.ts";

/** The options to configure the token provider. */
export interface GetBearerTokenProviderOptions {
	/** Ends the wait for a token, in this and every later call. */
	abortSignal?: AbortSignal;
	/** The tracing options for the requests to get tokens. */
	tracingOptions?: {
		/** Tracing Context for the current request to get a token. */
		tracingContext?: TracingContext;
	};
	/** @internal The clock, in milliseconds since 1970. */
	now?: () => number;
}

const NAME = "getBearerTokenProvider";

/**
 * A function that resolves to a token's text, for clients that take such a function in the place of a credential. The token
 * is remembered, whatever the credential, and replaced behind the callers' backs before it expires.
 *
 * The function rejects with what the credential throws, with `CredentialUnavailableError` when it answers null, and with an
 * `AbortError` once `abortSignal` has fired. As that of `@azure/identity` it asks for tokens under continuous access
 * evaluation; whoever may be shown a claims challenge needs a credential or `bearerTokenPolicy` to answer it.
 *
 * @throws TypeError when the credential is none.
 */
export function getBearerTokenProvider(
	credential: TokenCredential,
	scopes: string | string[],
	options?: GetBearerTokenProviderOptions,
): () => Promise<string> {
	checkCredential(NAME, credential);
	const { abortSignal, now = Date.now, tracingOptions } = options ?? {};
	const cache = new TokenCache({ now });
	const getToken = tokenMemory({
		name: NAME,
		credential,
		cache,
		owner: "",
		now,
	});
	const wanted = Array.isArray(scopes) ? [...scopes] : scopes;
	const asked = {
		enableCae: true,
		...(abortSignal && { abortSignal }),
		...(tracingOptions && { tracingOptions }),
	};
	return async () => (await getToken(wanted, asked)).token;
}
